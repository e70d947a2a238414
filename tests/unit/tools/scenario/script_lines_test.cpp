#include "script_lines.hpp"

#include <doctest/doctest.h>

using namespace weir::scenario;

namespace {

std::vector<std::string> words_of(std::string_view line) {
  auto lines = split_into_words("a.scn", line);
  REQUIRE(lines);
  std::vector<std::string> words;
  for (const auto& each : *lines)
    for (const auto& word : each.words)
      words.push_back(word.text);
  return words;
}

} // namespace

TEST_CASE("words are separated by blanks, and a comment ends a line") {
  CHECK(words_of("kill  worker\t1 # the first\n") == std::vector<std::string>{"kill", "worker", "1"});
  CHECK(words_of("kill worker 1\r\n") == std::vector<std::string>{"kill", "worker", "1"});
  CHECK(words_of("a#b") == std::vector<std::string>{"a#b"});
}

TEST_CASE("quotes keep blanks, signs and quotes in a word") {
  CHECK(words_of(R"(log "a # b" --x="1 2" "say \"no\"")") ==
        std::vector<std::string>{"log", "a # b", "--x=1 2", "say \"no\""});
}

TEST_CASE("lines have the numbers and the text of the file") {
  auto lines = split_into_words("a.scn", "\n# nothing\n  start master  # now\nkill master");
  REQUIRE(lines);
  REQUIRE(lines->size() == 2);
  CHECK(lines->at(0).number == 3);
  CHECK(lines->at(0).text == "start master");
  CHECK(lines->at(1).number == 4);
}

TEST_CASE("a quote that is not closed is an error with its place") {
  auto lines = split_into_words("a.scn", "start master\nlog \"never");
  REQUIRE(!lines);
  CHECK(lines.failure().message() == "a.scn:2: a closing \" is missing");
}
