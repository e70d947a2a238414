#include "base/ids.hpp"

namespace weir {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_hex(std::string& to, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4)
    to += hex_digits[value >> shift & 0xf];
}

/// The value of one hexadecimal digit, or -1.
int digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

} // namespace

std::string to_string(const random_id& id) {
  std::string text;
  text.reserve(32);
  append_hex(text, id.high);
  append_hex(text, id.low);
  return text;
}

random_id parse_random_id(std::string_view text) {
  if (text.size() != 32)
    return {};
  random_id id;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int value = digit(text[i]);
    if (value < 0)
      return {};
    std::uint64_t& half = i < 16 ? id.high : id.low;
    half = half << 4 | static_cast<std::uint64_t>(value);
  }
  return id;
}

std::string to_string(const attempt_id& id) {
  return to_string(id.job) + "/v" + std::to_string(id.vertex) + "/s" + std::to_string(id.subtask) + "/e" +
         std::to_string(id.epoch.value) + "-" + std::to_string(id.number);
}

std::string to_string(const session_id& id) {
  return "e" + std::to_string(id.epoch.value) + "/" + to_string(id.worker) + "/r" +
         std::to_string(id.registration);
}

std::string to_string(const allocation_id& id) {
  return "e" + std::to_string(id.epoch.value) + "-a" + std::to_string(id.number);
}

std::string to_string(const channel_id& id) {
  return to_string(id.producer) + " -> " + to_string(id.consumer) + " edge " + std::to_string(id.edge);
}

} // namespace weir
