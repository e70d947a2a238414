#include "script_lines.hpp"

#include <algorithm>

namespace weir::scenario {

namespace {

constexpr std::string_view blanks = " \t\r";

/// Reads the words of one line.
class word_splitter {
public:
  explicit word_splitter(std::string_view line) : line_{line} {}

  /// An error is a sentence without a place.
  result<std::vector<script_word>> words() {
    std::vector<script_word> found;
    for (skip_blanks(); at_ < line_.size() && line_[at_] != '#'; skip_blanks()) {
      auto next = word();
      if (!next)
        return next.failure();
      found.push_back(std::move(*next));
    }
    return found;
  }

  [[nodiscard]] std::size_t end() const { return at_; }

private:
  void skip_blanks() { at_ = std::min(line_.find_first_not_of(blanks, at_), line_.size()); }

  result<script_word> word() {
    script_word read;
    while (at_ < line_.size() && blanks.find(line_[at_]) == std::string_view::npos) {
      if (line_[at_] != '"') {
        read.text += line_[at_++];
        continue;
      }
      read.is_quoted = true;
      if (!quoted(read.text))
        return error{errc::invalid_argument, "a closing \" is missing"};
    }
    return read;
  }

  /// Reads from one quotation mark to the next; behind a backslash any character stands for itself.
  bool quoted(std::string& into) {
    for (++at_; at_ < line_.size() && line_[at_] != '"'; ++at_) {
      if (line_[at_] == '\\' && at_ + 1 < line_.size())
        ++at_;
      into += line_[at_];
    }
    return at_++ < line_.size();
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

std::string trimmed(std::string_view text) {
  std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return std::string{text.substr(begin, text.find_last_not_of(blanks) + 1 - begin)};
}

} // namespace

error error_at(std::string_view file, unsigned line, std::string_view sentence) {
  return {errc::invalid_argument,
          std::string{file} + ':' + std::to_string(line) + ": " + std::string{sentence}};
}

result<std::vector<script_line>> split_into_words(std::string_view file, std::string_view script) {
  std::vector<script_line> lines;
  unsigned number = 0;
  for (std::size_t begin = 0; begin < script.size();) {
    std::size_t end = std::min(script.find('\n', begin), script.size());
    std::string_view line = script.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    word_splitter splitter{line};
    auto words = splitter.words();
    if (!words)
      return error_at(file, number, words.failure().message());
    if (!words->empty())
      lines.push_back({number, std::move(*words), trimmed(line.substr(0, splitter.end()))});
  }
  return lines;
}

} // namespace weir::scenario
