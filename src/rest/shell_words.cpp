#include "rest/shell_words.hpp"

namespace weir {

result<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quote == '\'') {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\\' && i + 1 < line.size()) {
      char escaped = line[++i];
      // Inside double quotes a backslash only protects what has a meaning there.
      if (quote == '"' && escaped != '"' && escaped != '\\')
        word += '\\';
      word += escaped;
      in_word = true;
    } else if (quote == '"') {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (in_word)
        words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0)
    return error{errc::invalid_argument,
                 std::string{"the arguments have an unclosed "} + quote + ": " + std::string{line}};
  if (in_word)
    words.push_back(std::move(word));
  return words;
}

} // namespace weir
