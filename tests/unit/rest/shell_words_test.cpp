#include "rest/shell_words.hpp"

#include <doctest/doctest.h>

using namespace weir;
using words = std::vector<std::string>;

TEST_CASE("words are split as a shell would") {
  CHECK(*split_words("") == words{});
  CHECK(*split_words("  --a=1\t--b  2 \n") == words{"--a=1", "--b", "2"});
  CHECK(*split_words(R"(--a='x y' "p q"r)") == words{"--a=x y", "p qr"});
  CHECK(*split_words(R"('' "")") == words{"", ""});
  CHECK(*split_words(R"(a\ b \'c "d\"e" "f\g" 'h\i')") == words{"a b", "'c", "d\"e", "f\\g", "h\\i"});
  CHECK(*split_words(R"(it"'"s)") == words{"it's"});
}

TEST_CASE("a quote that is not closed is refused") {
  CHECK_FALSE(split_words("a 'b"));
  CHECK_FALSE(split_words("a \"b\\\""));
}
