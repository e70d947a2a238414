#include "completion.hpp"

#include "command_list.hpp"
#include "words.hpp"

#include <algorithm>
#include <optional>

namespace weir::tools::shell {
namespace {

constexpr std::string_view blanks = " \t";

/// A word of the line, the last one perhaps half written.
struct typed_word {
  std::string text;      ///< without quotes
  std::size_t begin = 0; ///< in the line
};

/// The words of the last command of a line. The last one is empty when the cursor stands after a blank.
std::vector<typed_word> last_command(std::string_view line) {
  std::vector<typed_word> found;
  std::optional<typed_word> word;
  char quote = 0;
  auto current = [&](std::size_t at) -> typed_word& {
    if (!word)
      word = typed_word{"", at};
    return *word;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      typed_word& of = current(i);
      of.text += line[++i];
    } else if (quote && c == quote) {
      quote = 0;
    } else if (quote) {
      current(i).text += c;
    } else if (c == '\'' || c == '"') {
      current(i);
      quote = c;
    } else if (c == ';') {
      found.clear();
      word.reset();
    } else if (blanks.find(c) != std::string_view::npos) {
      if (word)
        found.push_back(*std::exchange(word, std::nullopt));
    } else {
      current(i).text += c;
    }
  }
  found.push_back(word ? *word : typed_word{"", line.size()});
  return found;
}

/// Leaves out "watch" and its option, so that the command to repeat is what remains.
void drop_watch(std::vector<typed_word>& typed) {
  if (typed.size() < 2 || typed.front().text != "watch")
    return;
  std::size_t dropped = 1;
  if (typed[1].text == "-n")
    dropped = 3;
  else if (typed[1].text.starts_with("-n"))
    dropped = 2;
  // What is left must hold at least the word at the cursor.
  if (dropped < typed.size())
    typed.erase(typed.begin(), typed.begin() + static_cast<std::ptrdiff_t>(dropped));
  else
    typed.clear();
}

std::vector<std::string> beginning_with(const std::vector<std::string>& words, std::string_view begin) {
  std::vector<std::string> found;
  std::ranges::copy_if(words, std::back_inserter(found),
                       [&](const std::string& word) { return word.starts_with(begin); });
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

std::string same_beginning(const std::vector<std::string>& words) {
  std::string same = words.front();
  for (const std::string& word : words) {
    auto [differs, unused] = std::ranges::mismatch(same, word);
    same.erase(differs, same.end());
  }
  // Not within a character.
  while (!same.empty() && same.size() < words.front().size() && (words.front()[same.size()] & 0xc0) == 0x80)
    same.pop_back();
  return same;
}

/// Quoted when the whole word will have to be; the quote is left open.
std::string begun(const std::string& same, const std::vector<std::string>& words) {
  std::string text = as_word(same);
  bool needs_quotes =
      std::ranges::any_of(words, [](const std::string& word) { return as_word(word).starts_with('"'); });
  if (!needs_quotes)
    return text;
  if (!text.starts_with('"'))
    return '"' + text;
  text.pop_back();
  return text;
}

completion completed(std::string_view line, const typed_word& word, std::vector<std::string> candidates) {
  completion made;
  if (candidates.empty())
    return made;
  made.replaced = line.size() - word.begin;
  if (candidates.size() == 1) {
    made.inserted = as_word(candidates.front()) + ' ';
    return made;
  }
  std::string same = same_beginning(candidates);
  if (same.size() > word.text.size())
    made.inserted = begun(same, candidates);
  made.candidates = std::move(candidates);
  return made;
}

std::vector<std::string> names_of_commands(bool questions_only) {
  std::vector<std::string> names;
  for (const command& one : all_commands())
    if (!questions_only || one.role == command_role::question)
      names.emplace_back(one.name);
  return names;
}

} // namespace

completion complete(std::string_view before_cursor, const word_source& words) {
  auto typed = last_command(before_cursor);
  bool watched = typed.size() > 1 && typed.front().text == "watch";
  drop_watch(typed);
  if (typed.empty())
    return {};
  if (typed.size() == 1)
    return completed(before_cursor, typed.front(),
                     beginning_with(names_of_commands(watched), typed.front().text));

  const command* what = find_command(typed.front().text);
  std::size_t argument = typed.size() - 1;
  if (!what || what->takes == argument_kind::none || argument > what->arguments_max)
    return {};
  typed_word word = typed.back();
  if (what->takes == argument_kind::command)
    return completed(before_cursor, word, beginning_with(names_of_commands(false), word.text));
  if (what->takes == argument_kind::actor) {
    // The name may have blanks in it without being quoted.
    word = typed[1];
    for (std::size_t i = 2; i < typed.size(); ++i)
      word.text += ' ' + typed[i].text;
  }
  known_words known = words(what->takes);
  auto candidates = beginning_with(known.offered, word.text);
  if (candidates.empty())
    candidates = beginning_with(known.others, word.text);
  return completed(before_cursor, word, std::move(candidates));
}

} // namespace weir::tools::shell
