#include "json_fields.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace weir::tools;
using nlohmann::json;

TEST_CASE("fields are read with their type") {
  json object{{"text", "a"},  {"number", -3}, {"share", 2.9},
              {"flag", true}, {"list", {1}},  {"object", {{"a", 1}}}};
  CHECK(text_of(object, "text") == "a");
  CHECK(number_of(object, "number") == -3);
  CHECK(count_of(object, "number") == 0);
  CHECK(number_of(object, "share") == 2);
  CHECK(flag_of(object, "flag"));
  CHECK(list_of(object, "list").size() == 1);
  CHECK(number_of(object_of(object, "object"), "a") == 1);
}

TEST_CASE("what is missing, null or of another type reads as empty") {
  for (const json& object :
       {json::object(), json(), json(1), json::array({1}), json{{"x", nullptr}}, json{{"x", 1e300}}}) {
    CAPTURE(object);
    CHECK(text_of(object, "x") == "");
    CHECK(number_of(object, "x") == 0);
    CHECK(count_of(object, "x") == 0);
    CHECK_FALSE(flag_of(object, "x"));
    CHECK(list_of(object, "x").empty());
    CHECK(object_of(object, "x").empty());
  }
  json wrong{{"x", {{"x", 1}}}, {"y", "1"}};
  CHECK(text_of(wrong, "x") == "");
  CHECK(list_of(wrong, "x").empty());
  CHECK(number_of(wrong, "y") == 0);
}
