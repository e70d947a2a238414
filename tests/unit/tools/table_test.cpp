#include "table.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir::tools;

TEST_CASE(
    "columns are as wide as their widest text, numbers end at the same place, no line ends with blanks") {
  table rows{{{"NAME"}, {"COUNT", align::right}, {"NOTE"}},
             {{"a", "1", "x"}, {"longer", "12,345", ""}, {"b", "7", "y"}}};
  CHECK(render({rows}, {}) == "NAME     COUNT  NOTE\n"
                              "a            1  x\n"
                              "longer  12,345\n"
                              "b            7  y\n");
}

TEST_CASE("a table without titles has no line for them") {
  CHECK(render({table{{{""}, {""}}, {{"state", "RUNNING"}, {"id", "7"}}}}, {}) ==
        "state  RUNNING\nid     7\n");
}

TEST_CASE("a page shows lines and tables from top to bottom") {
  CHECK(render({"first", "", table{{{"A"}}, {{"b"}}}, "two\nlines"}, {}) == "first\n\nA\nb\ntwo\nlines\n");
}

TEST_CASE("width is counted in characters and not in bytes") {
  table rows{{{"A"}, {"B"}}, {{"\xc3\xa4\xc3\xb6", "x"}, {"abcd", "y"}}};
  CHECK(render({rows}, {}) == "A     B\n\xc3\xa4\xc3\xb6    x\nabcd  y\n");
  CHECK(width_of("\xe2\x82\xac"
                 "1") == 2);
}

TEST_CASE("colours are there only when they are asked for, and do not shift columns") {
  table rows{{{"STATE"}, {"X"}}, {{{"FAILED", tone::bad}, "1"}, {{"OK", tone::good}, "2"}}};
  CHECK(render({rows}, {.colour = false}) == "STATE   X\nFAILED  1\nOK      2\n");
  CHECK(render({rows}, {.colour = true}) == "\033[1mSTATE\033[0m   \033[1mX\033[0m\n"
                                            "\033[31mFAILED\033[0m  1\n"
                                            "\033[32mOK\033[0m      2\n");
}

TEST_CASE("what could drive a terminal is not passed on from names") {
  table rows{{{"NAME"}}, {{std::string{"a\033[31mb\rc\nd\te\x7f"}}}};
  CHECK(render({rows}, {.colour = false}) == "NAME\na?[31mb?c?d?e?\n");
  CHECK(render({"\033]0;title\a"}, {}) == "?]0;title?\n");
  CHECK(render({"csi \xc2\x9b"}, {}) == "csi ?\n");
  CHECK(render({"turned \xe2\x80\xae round"}, {}) == "turned ? round\n");
}

TEST_CASE("bytes that are not UTF-8 are shown one by one as question marks") {
  CHECK(render({"\xff\xfe"}, {}) == "??\n");
  CHECK(render({"\xc3"}, {}) == "?\n");
  CHECK(render({"\xe2\x82x"}, {}) == "??x\n");
  CHECK(render({"\xc0\x80 \xe0\x80\x80 \xed\xa0\x80 \xf5\x80\x80\x80"}, {}) == "?? ??? ??? ????\n");
  CHECK(render({"\xf0\x9f\x98\x80"}, {}) == "\xf0\x9f\x98\x80\n");
}

TEST_CASE("a page is cut to the size of the terminal, and says what is left out") {
  CHECK(clipped("abcdef\nxy\n", 4, 5) == "abcd\nxy\n");
  CHECK(clipped("1\n2\n3\n", 80, 3) == "1\n2\n3\n");
  CHECK(clipped("1\n2\n3\n4\n", 80, 3) == "1\n2\n(2 lines more)\n");
  CHECK(clipped("1\n2", 80, 1) == "(2 lines more)\n");
  CHECK(clipped("1\n", 80, 0) == "");
  CHECK(clipped("", 80, 3) == "");
}

TEST_CASE("cutting keeps colours whole and does not count them") {
  CHECK(clipped("\033[31mabc\033[0mdef\n", 4, 1) == "\033[31mabc\033[0md\n");
  CHECK(clipped("\033[31mabcdef\033[0m\n", 2, 1) == "\033[31mab\033[0m\n");
  CHECK(clipped("\xc3\xa4\xc3\xb6\xc3\xbc\n", 2, 1) == "\xc3\xa4\xc3\xb6\n");
}
