#include "template_text.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::scenario;

namespace {

result<std::string> lookup(const std::string& name) {
  if (name == "n")
    return std::string{"7"};
  return error{errc::not_found, "no $" + name};
}

std::string expand(std::string_view written) {
  auto text = template_text::parse(written);
  REQUIRE(text);
  auto value = text->expand(&lookup);
  return value ? *value : value.failure().message();
}

} // namespace

TEST_CASE("variables are replaced wherever they stand in a text") {
  CHECK(expand("--records=$n") == "--records=7");
  CHECK(expand("$n/${n}0/$n") == "7/70/7");
  CHECK(expand("plain") == "plain");
  CHECK(expand("") == "");
}

TEST_CASE("two dollars are one, and begin no variable") {
  CHECK(expand("$$n") == "$n");
  CHECK(expand("a$$") == "a$");
}

TEST_CASE("an expansion fails with what the look-up says") {
  CHECK(expand("$other") == "no $other");
}

TEST_CASE("a dollar without a name is an error") {
  for (std::string_view wrong : {"$", "a $ b", "${n", "${}", "$-"}) {
    CAPTURE(wrong);
    CHECK(!template_text::parse(wrong));
  }
}

TEST_CASE("a text knows which variables are in it") {
  CHECK(template_text::parse("a$$b")->is_literal());
  CHECK(!template_text::parse("a$b")->is_literal());
  CHECK(template_text::parse("$a-${b}")->variables() == std::vector<std::string>{"a", "b"});
}
