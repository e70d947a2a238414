#include "rest/multipart.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir;

namespace {

constexpr const char* type = "multipart/form-data; boundary=XX";

const std::string form = "--XX\r\n"
                         "Content-Disposition: form-data; name=\"note\"\r\n"
                         "\r\n"
                         "hello\r\n"
                         "--XX\r\n"
                         "Content-Disposition: form-data; name=\"jarfile\"; filename=\"a \\\"b\\\".so\"\r\n"
                         "Content-Type: application/x-java-archive\r\n"
                         "\r\n"
                         "\x7f"
                         "ELF\r\n--X\r\n\r\n"
                         "\r\n--XX--\r\n";

} // namespace

TEST_CASE("the parts of a form come back with their bytes unchanged") {
  auto parts = parse_multipart(type, form);
  REQUIRE(parts);
  REQUIRE((*parts).size() == 2);
  CHECK((*parts)[0].name == "note");
  CHECK((*parts)[0].file_name.empty());
  CHECK((*parts)[0].content == "hello");
  CHECK((*parts)[1].name == "jarfile");
  CHECK((*parts)[1].file_name == "a \"b\".so");
  CHECK((*parts)[1].content == "\x7f"
                               "ELF\r\n--X\r\n\r\n");
}

TEST_CASE("a quoted boundary is read too") {
  CHECK(parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=\"XX\"", form));
}

TEST_CASE("a form that is cut off anywhere is refused") {
  std::size_t last_boundary = form.rfind("--XX--");
  for (std::size_t length = 0; length < last_boundary + 6; ++length)
    CHECK_FALSE_MESSAGE(parse_multipart(type, form.substr(0, length)), length);
}

TEST_CASE("what is no form is refused") {
  CHECK_FALSE(parse_multipart("application/json", form));
  CHECK_FALSE(parse_multipart("multipart/form-data", form));
  CHECK_FALSE(parse_multipart("multipart/form-data; boundary=", form));
  CHECK_FALSE(parse_multipart("multipart/form-data; boundary=" + std::string(71, 'x'), form));
  CHECK_FALSE(parse_multipart("multipart/form-data; boundary=YY", form));
  std::string many;
  for (int i = 0; i < 200; ++i)
    many += "--XX\r\n\r\n\r\n\r\n";
  CHECK_FALSE(parse_multipart(type, many + "--XX--"));
}
