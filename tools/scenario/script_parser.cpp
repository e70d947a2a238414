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
const std::set<std::string> given_variables{"folder", "checkpoints", "programs",   "seed",
                                            "script", "job",         "checkpoint", "metadata"};

class script_parser {
public:
  script_parser(std::string_view file, std::vector<script_line> lines)
      : file_{file}, lines_{std::move(lines)} {}

  result<script> parse() {
    script read{std::string{file_}, {}};
    if (auto done = block(read.statements, std::nullopt, false); !done)
      return done.failure();
    return read;
  }

private:
  static bool is_sign(const script_word& word, std::string_view sign) {
    return !word.is_quoted && word.text == sign;
  }

  /// Reads up to the brace that closes the block which `opened_at` says, or up to the end of the script. Says
  /// whether another block follows behind an 'or', which it does only if it may.
  result<bool> block(std::vector<statement>& into, std::optional<unsigned> opened_at, bool may_go_on) {
    while (at_ < lines_.size()) {
      const script_line& line = lines_[at_++];
      if (is_sign(line.words.front(), "}")) {
        if (!opened_at)
          return error_at(file_, line.number, "there is no '{' for this '}'");
        return behind_block(line, may_go_on);
      }
      auto read = any(line);
      if (!read)
        return read.failure();
      into.push_back({line.number, line.text, std::move(*read)});
    }
    if (opened_at)
      return error_at(file_, *opened_at, "a '}' is missing for this '{'");
    return false;
  }

  result<bool> behind_block(const script_line& line, bool may_go_on) {
    word_reader words{line.words, known_};
    words.expect("}");
    bool goes_on = may_go_on && words.accept("or");
    if (goes_on)
      words.expect("{");
    words.expect_end();
    if (words.failure())
      return error_at(file_, line.number, *words.failure());
    return goes_on;
  }

  result<action> any(const script_line& line) {
    if (is_sign(line.words.front(), "repeat"))
      return repeat(line);
    if (is_sign(line.words.front(), "choose") && line.words.size() > 1 && is_sign(line.words[1], "{"))
      return choose(line);
    return simple(line);
  }

  result<action> repeat(const script_line& line) {
    word_reader words{line.words, known_};
    words.expect("repeat");
    bool is_timed = words.accept("for");
    time_span span = is_timed ? words.span() : time_span{};
    template_text times = is_timed ? template_text{} : words.number("how many times, or 'for' and a time");
    words.expect("{");
    words.expect_end();
    if (words.failure())
      return error_at(file_, line.number, *words.failure());
    bool is_outermost = known_.insert("round").second;
    std::vector<statement> body;
    if (auto done = block(body, line.number, false); !done)
      return done.failure();
    if (is_outermost)
      known_.erase("round");
    if (is_timed)
      return action{repeat_for{span, std::move(body)}};
    return action{repeat_block{times, std::move(body)}};
  }

  result<action> choose(const script_line& line) {
    word_reader words{line.words, known_};
    words.expect("choose");
    words.expect("{");
    words.expect_end();
    if (words.failure())
      return error_at(file_, line.number, *words.failure());
    choose_block read;
    const auto known_before = known_; // what one of the blocks names may have no value behind them
    for (bool goes_on = true; goes_on; known_ = known_before) {
      auto done = block(read.of.emplace_back(), line.number, true);
      if (!done)
        return done.failure();
      goes_on = *done;
    }
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
