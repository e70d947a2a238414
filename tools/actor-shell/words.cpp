#include "words.hpp"

#include <utility>

namespace weir::tools::shell {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Collects words and commands while a line is read.
struct collector {
  std::vector<words> commands;
  words command;
  std::string word;
  bool in_word = false; ///< also true for a word of two quotes with nothing between

  void add(char c) {
    word += c;
    in_word = true;
  }

  void end_word() {
    if (in_word)
      command.push_back(std::exchange(word, {}));
    in_word = false;
  }

  void end_command() {
    end_word();
    if (!command.empty())
      commands.push_back(std::exchange(command, {}));
  }
};

} // namespace

result<std::vector<words>> split_commands(std::string_view line) {
  collector found;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size();
    if (escapes) {
      found.add(line[++i]);
    } else if (quote) {
      if (c == quote)
        quote = 0;
      else
        found.add(c);
    } else if (c == '\'' || c == '"') {
      quote = c;
      found.in_word = true;
    } else if (c == ';') {
      found.end_command();
    } else if (blanks.find(c) != std::string_view::npos) {
      found.end_word();
    } else {
      found.add(c);
    }
  }
  if (quote)
    return error{errc::invalid_argument, std::string{"A quote ("} + quote + ") is not closed."};
  found.end_command();
  return std::move(found.commands);
}

std::string as_word(std::string_view word) {
  bool plain = !word.empty() && word.find_first_of(" \t\r\n;'\"\\") == std::string_view::npos;
  if (plain)
    return std::string{word};
  std::string text = "\"";
  for (char c : word) {
    if (c == '"' || c == '\\')
      text += '\\';
    text += c;
  }
  return text + '"';
}

} // namespace weir::tools::shell
