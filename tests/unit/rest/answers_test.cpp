#include "rest/answers.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace weir;

TEST_CASE("base64 is that of RFC 4648") {
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(to_base64(std::string{"\xff\xfe\xfd\x00", 4}) == "//79AA==");
}

TEST_CASE("any bytes come back from base64") {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) {
    bytes += static_cast<char>(i * 37 + i / 256);
    auto back = from_base64(to_base64(bytes));
    REQUIRE(back);
    CHECK(*back == bytes);
  }
}

TEST_CASE("what is not base64 is refused") {
  for (const char* text : {"a", "ab", "abc", "ab=c", "a===", "====", "ab c", "Zm9v\n", "Zg=", "Zg==Zg=="})
    CHECK_FALSE_MESSAGE(from_base64(text), text);
}

TEST_CASE("bytes that are not UTF-8 do not break an answer") {
  http_response answer = json_answer({{"name", "caf\xe9"}});
  CHECK(nlohmann::json::parse(answer.body)["name"] == "caf\xef\xbf\xbd");
}

TEST_CASE("an error's category decides its status") {
  CHECK(error_answer(error{errc::invalid_argument, "x"}).status == 400);
  CHECK(error_answer(error{errc::not_found, "x"}).status == 404);
  CHECK(error_answer(error{errc::already_exists, "x"}).status == 409);
  CHECK(error_answer(error{errc::unavailable, "x"}).status == 503);
  CHECK(error_answer(error{errc::failed, "x"}).status == 500);
}

TEST_CASE("an empty body is an empty object, and anything but an object is refused") {
  http_request request;
  CHECK(*json_body(request) == nlohmann::json::object());
  request.body = "null";
  CHECK(*json_body(request) == nlohmann::json::object());
  request.body = R"({"a":1})";
  CHECK((*json_body(request))["a"] == 1);
  for (const char* bad : {"[1]", "7", "{", "{'a':1}", "\xff"}) {
    request.body = bad;
    CHECK_FALSE_MESSAGE(json_body(request), bad);
  }
}
