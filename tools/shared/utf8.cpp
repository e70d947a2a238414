#include "utf8.hpp"

#include <cwchar>

namespace weir::tools {
namespace {

constexpr char32_t broken = 0xffffffff;

struct decoded {
  char32_t code = broken;
  std::size_t bytes = 1;
};

decoded decode(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(0);
  if (first < 0x80)
    return {first, 1};
  std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes)
    return {};
  char32_t code = first & (0xff >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80)
      return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[bytes] || code > 0x10ffff || surrogate)
    return {};
  return {code, bytes};
}

/// Marks that turn the direction of writing round can make a line read as another one.
bool turns_direction(char32_t code) {
  return code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

} // namespace

utf8_character first_character(std::string_view text) {
  auto [code, bytes] = decode(text);
  bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  if (code == broken || control || turns_direction(code))
    return {bytes, 1, false};
  if (code < 0x80)
    return {bytes, 1, true};
  int width = ::wcwidth(static_cast<wchar_t>(code));
  // The C locale knows no width beyond ASCII.
  return {bytes, width < 0 ? 1 : static_cast<std::size_t>(width), true};
}

std::string printable(std::string_view text, char kept) {
  std::string shown;
  while (!text.empty()) {
    utf8_character next = first_character(text);
    if (next.shown || (kept != '\0' && text.front() == kept))
      shown += text.substr(0, next.bytes);
    else
      shown += '?';
    text.remove_prefix(next.bytes);
  }
  return shown;
}

} // namespace weir::tools
