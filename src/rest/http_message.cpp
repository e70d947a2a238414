#include "rest/http_message.hpp"

#include <algorithm>
#include <array>

namespace weir {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F')
    return digit - 'A' + 10;
  return -1;
}

/// Calls `use` with each part of `text` between separators, empty ones included.
template <class F>
void split(std::string_view text, char separator, F use) {
  for (;;) {
    std::size_t end = text.find(separator);
    use(text.substr(0, end));
    if (end == std::string_view::npos)
      return;
    text.remove_prefix(end + 1);
  }
}

} // namespace

std::optional<std::string> http_request::parameter(std::string_view name) const {
  auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  if (found == query.end())
    return std::nullopt;
  return found->second;
}

std::string_view http_request::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::string_view reason_phrase(int status) {
  switch (status) {
  case 100:
    return "Continue";
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 308:
    return "Permanent Redirect";
  case 400:
    return "Bad Request";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 413:
    return "Payload Too Large";
  case 414:
    return "URI Too Long";
  case 417:
    return "Expectation Failed";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 503:
    return "Service Unavailable";
  }
  return "Status";
}

std::string decode_escapes(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      int high = hex_value(text[at + 1]);
      int low = hex_value(text[at + 2]);
      if (high >= 0 && low >= 0) {
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
        continue;
      }
    }
    decoded += plus_is_space && text[at] == '+' ? ' ' : text[at];
  }
  return decoded;
}

std::string encode_escapes(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "-._~";
  std::string encoded;
  for (char c : text) {
    bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter_or_digit || plain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

void parse_target(std::string_view target, http_request& into) {
  target = target.substr(0, target.find('#'));
  std::size_t question = target.find('?');
  split(target.substr(0, question), '/', [&](std::string_view segment) {
    if (!segment.empty())
      into.path.push_back(decode_escapes(segment, false));
  });
  if (question == std::string_view::npos)
    return;
  split(target.substr(question + 1), '&', [&](std::string_view part) {
    if (part.empty())
      return;
    std::size_t equals = part.find('=');
    std::string_view value = equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    into.query.emplace_back(decode_escapes(part.substr(0, equals), true), decode_escapes(value, true));
  });
}

} // namespace weir
