#include "rest/answers.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>

namespace weir {
namespace {

using nlohmann::json;

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> base64_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < base64_digits.size(); ++i)
    values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::int8_t>(i);
  return values;
}();

int status_of(errc code) {
  switch (code) {
  case errc::invalid_argument:
    return 400;
  case errc::not_found:
    return 404;
  case errc::already_exists:
    return 409;
  case errc::unavailable:
  case errc::timed_out:
  case errc::canceled:
  case errc::fenced:
    return 503;
  case errc::io_failed:
  case errc::corrupt:
  case errc::failed:
  case errc::uncertain:
  case errc::irreversible:
    return 500;
  }
  return 500;
}

} // namespace

std::string json_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

http_response json_answer(const json& body, int status) {
  http_response answer;
  answer.status = status;
  answer.body = json_text(body);
  return answer;
}

http_response error_answer(int status, std::string_view text) {
  return json_answer({{"errors", json::array({text})}}, status);
}

http_response error_answer(const error& failure) {
  return error_answer(status_of(failure.code()), failure.message());
}

result<json> json_body(const http_request& request) {
  if (request.body.empty())
    return json::object();
  json body = json::parse(request.body, nullptr, false);
  if (body.is_null())
    return json::object();
  if (!body.is_object())
    return error{errc::invalid_argument, "Bad request received: the body is not a JSON object."};
  return body;
}

result<random_id> path_id(const rest_call& call, const std::string& name) {
  auto text = call.path.find(name);
  random_id id = text == call.path.end() ? random_id{} : parse_random_id(text->second);
  if (!id)
    return error{errc::invalid_argument,
                 "Bad request, could not parse parameters: Cannot resolve path parameter (" + name +
                     ") from value \"" + (text == call.path.end() ? "" : text->second) + "\"."};
  return id;
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0);
    for (std::size_t i = 0; i < 4; ++i)
      text += i <= count ? base64_digits[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

result<std::string> from_base64(std::string_view text) {
  error malformed{errc::invalid_argument, "this is not base64"};
  if (text.size() % 4 != 0)
    return malformed;
  while (text.ends_with('=') && text.size() % 4 != 2)
    text.remove_suffix(1);
  if (text.size() % 4 == 1)
    return malformed;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (char c : text) {
    int value = base64_values[static_cast<unsigned char>(c)];
    if (value < 0)
      return malformed;
    group = (group << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xff);
    }
  }
  return bytes;
}

} // namespace weir
