#include "rest_fixture.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace weir::testing {
namespace {

using nlohmann::json;

bool has_type(const json& value, const std::string& type) {
  if (type == "text")
    return value.is_string();
  if (type == "int")
    return value.is_number_integer();
  if (type == "number")
    return value.is_number();
  if (type == "bool")
    return value.is_boolean();
  if (type == "object")
    return value.is_object();
  if (type == "list")
    return value.is_array();
  if (type == "null")
    return value.is_null();
  FAIL("no such type: " << type);
  return false;
}

bool has_one_of(const json& value, const std::string& types) {
  std::istringstream list{types};
  for (std::string type; std::getline(list, type, '|');)
    if (has_type(value, type))
      return true;
  return false;
}

} // namespace

std::string answer::error_text() const {
  if (body.size() != 1 || !body.contains("errors") || body["errors"].empty())
    return {};
  return body["errors"][0].get<std::string>();
}

rest_fixture::rest_fixture(jar_service* jars) : services_{cluster, clock} {
  services_.about = {"0.1.0", "1a2b3c4", {{"rest.port", "0"}}, 3000};
  services_.jars = jars;
  services_.draw_id = [this] { return random_id{7, next_id_++}; };
  services_.max_library_bytes = 1 << 20;
  services_.shut_down = [this] { shut_down = true; };
  add_all_handlers(router_, services_);
}

answer rest_fixture::send(std::string_view method, std::string_view target, std::string body,
                          std::string content_type) {
  http_request request;
  request.method = method;
  parse_target(target, request);
  request.body = std::move(body);
  request.headers = {{"content-type", std::move(content_type)}, {"host", "master:8081"}};
  answer got;
  int replies = 0;
  router_.route(std::move(request), [&](http_response response) {
    ++replies;
    got = {response.status, response.content_type, json::parse(response.body, nullptr, false)};
  });
  CHECK(replies == 1);
  CHECK_FALSE(got.body.is_discarded());
  return got;
}

void expect_fields(const json& object, std::string_view fields) {
  REQUIRE(object.is_object());
  std::istringstream list{std::string{fields}};
  for (std::string field; list >> field;) {
    std::size_t colon = field.rfind(':');
    std::string name = field.substr(0, colon);
    std::string types = field.substr(colon + 1);
    INFO("field " << name << ", expected to be " << types);
    bool present = object.contains(name);
    CHECK(present);
    if (present)
      CHECK_MESSAGE(has_one_of(object[name], types), object[name].dump());
  }
}

} // namespace weir::testing
