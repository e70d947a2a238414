#include "script_parser.hpp"

#include "script_lines.hpp"
#include "statement_parser.hpp"
#include "word_reader.hpp"

#include <optional>
#include <set>
#include <utility>

namespace weir::scenario {

namespace {

/// What every script may use, and what only comes about with a job.
const std::set<std::string> given_variables{"folder", "checkpoints", "programs", "seed",
                                            "script", "job",         "metadata"};

class script_parser {
public:
  script_parser(std::string_view file, std::vector<script_line> lines)
      : file_{file}, lines_{std::move(lines)} {}

  result<script> parse() {
    script read{std::string{file_}, {}};
    if (auto done = block(read.statements, std::nullopt); !done)
      return done.failure();
    return read;
  }

private:
  static bool is_sign(const script_word& word, std::string_view sign) {
    return !word.is_quoted && word.text == sign;
  }

  /// Reads up to the brace that closes the block which `opened_at` says, or up to the end of the script.
  result<void> block(std::vector<statement>& into, std::optional<unsigned> opened_at) {
    while (at_ < lines_.size()) {
      const script_line& line = lines_[at_++];
      if (is_sign(line.words.front(), "}")) {
        if (!opened_at)
          return error_at(file_, line.number, "there is no '{' for this '}'");
        if (line.words.size() > 1)
          return error_at(file_, line.number,
                          "expected the end of the line, found '" + line.words[1].text + "'");
        return {};
      }
      auto read = is_sign(line.words.front(), "repeat") ? repeat(line) : simple(line);
      if (!read)
        return read.failure();
      into.push_back({line.number, line.text, std::move(*read)});
    }
    if (opened_at)
      return error_at(file_, *opened_at, "a '}' is missing for this '{'");
    return {};
  }

  result<action> repeat(const script_line& line) {
    word_reader words{line.words, known_};
    words.expect("repeat");
    repeat_block read{words.number("how many times"), {}};
    words.expect("{");
    words.expect_end();
    if (words.failure())
      return error_at(file_, line.number, *words.failure());
    bool is_outermost = known_.insert("round").second;
    if (auto body = block(read.body, line.number); !body)
      return body.failure();
    if (is_outermost)
      known_.erase("round");
    return action{std::move(read)};
  }

  result<action> simple(const script_line& line) {
    word_reader words{line.words, known_};
    auto read = parse_action(words);
    words.expect_end();
    if (words.failure())
      return error_at(file_, line.number, *words.failure());
    std::optional<std::string> named;
    if (auto* let = std::get_if<let_variable>(&read))
      named = let->name;
    if (auto* value = std::get_if<choose_value>(&read))
      named = value->name;
    if (auto* number = std::get_if<choose_number>(&read))
      named = number->name;
    if (named && (given_variables.contains(*named) || *named == "round"))
      return error_at(file_, line.number, "$" + *named + " has a meaning of its own: take another name");
    if (named)
      known_.insert(*named);
    return read;
  }

  std::string_view file_;
  std::vector<script_line> lines_;
  std::size_t at_ = 0;
  std::set<std::string> known_ = given_variables;
};

} // namespace

result<script> parse_script(std::string_view file, std::string_view text) {
  auto lines = split_into_words(file, text);
  if (!lines)
    return lines.failure();
  return script_parser{file, std::move(*lines)}.parse();
}

} // namespace weir::scenario
