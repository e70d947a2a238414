#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

namespace detail {

/// The lower-case form of the bytes that words consist of; 0 for all others.
inline constexpr auto word_bytes = [] {
  std::array<char, 256> lower{};
  for (int c = '0'; c <= '9'; ++c)
    lower[c] = static_cast<char>(c);
  for (int c = 'a'; c <= 'z'; ++c)
    lower[c] = lower[c - 'a' + 'A'] = static_cast<char>(c);
  lower['_'] = '_';
  return lower;
}();

} // namespace detail

/// Calls `f(std::string_view)` for each word of a line: a maximal run of ASCII letters, digits and '_', in
/// lower case. The view is valid during the call. O(line), without allocation for words of up to 256 bytes.
template <class F>
void for_each_word(std::string_view line, F&& f) {
  std::array<char, 256> buffer;
  std::uint32_t size = 0;
  std::string begun; // of a word that is longer than the buffer
  for (char c : line) {
    char lower = detail::word_bytes[static_cast<unsigned char>(c)];
    buffer[size] = lower;
    if (lower) {
      if (++size == buffer.size()) [[unlikely]] {
        begun.append(buffer.data(), size);
        size = 0;
      }
    } else if (size != 0) {
      if (begun.empty()) [[likely]]
        f(std::string_view{buffer.data(), size});
      else
        f(std::string_view{begun.append(buffer.data(), size)}), begun.clear();
      size = 0;
    } else if (!begun.empty()) [[unlikely]] {
      f(std::string_view{begun});
      begun.clear();
    }
  }
  begun.append(buffer.data(), size);
  if (!begun.empty())
    f(std::string_view{begun});
}

} // namespace weir
