#include "words.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::tools::shell;

namespace {

std::vector<words> split(std::string_view line) {
  auto commands = split_commands(line);
  REQUIRE(commands);
  return *commands;
}

} // namespace

TEST_CASE("a line is split at semicolons into commands and at blanks into words") {
  CHECK(split("nodes") == std::vector<words>{{"nodes"}});
  CHECK(split("  tasks \t ab ;why  ab;; ; jobs\n") ==
        std::vector<words>{{"tasks", "ab"}, {"why", "ab"}, {"jobs"}});
  CHECK(split("").empty());
  CHECK(split(" ; ;").empty());
}

TEST_CASE("quotes and backslashes keep blanks, semicolons and each other in a word") {
  CHECK(split(R"x(inspect "Source: a; b (1/2)")x") == std::vector<words>{{"inspect", "Source: a; b (1/2)"}});
  CHECK(split(R"(inspect 'say "x" \')") == std::vector<words>{{"inspect", R"(say "x" \)"}});
  CHECK(split(R"("it's" a\ b \; "\"")") == std::vector<words>{{"it's", "a b", ";", "\""}});
  CHECK(split(R"(a'b'"c")") == std::vector<words>{{"abc"}});
  CHECK(split(R"(inspect "")") == std::vector<words>{{"inspect", ""}});
  CHECK(split("a\\") == std::vector<words>{{"a\\"}});
}

TEST_CASE("a quote that is not closed is refused") {
  for (const char* line : {"inspect 'a", "inspect \"a", "a\"b'c", "\"a\\\""}) {
    CAPTURE(line);
    auto commands = split_commands(line);
    REQUIRE_FALSE(commands);
    CHECK(commands.failure().message().find("is not closed") != std::string::npos);
  }
}

TEST_CASE("a word written as a word reads back as itself") {
  for (const char* text :
       {"jobs", "a b", "", "it's", "say \"x\"", "back\\slash", "a;b", "tab\there", "\xc3\xa4"}) {
    CAPTURE(text);
    CHECK(split("x " + as_word(text)) == std::vector<words>{{"x", text}});
  }
  CHECK(as_word("127.0.0.1:8081/0") == "127.0.0.1:8081/0");
}
