#pragma once

#include <weir/detail/bytes.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir {

class text;

namespace detail {
struct text_access;

template <class T>
concept text_like = std::convertible_to<const T&, std::string_view> && !std::same_as<T, text>;
} // namespace detail

/// A byte string for records: 16 bytes, copied like a number, never allocating.
///
///     size ≤ 12:  │ size:4 │ bytes, zero behind them:12    │
///     longer:     │ size:4 │ first 4 bytes │ pointer:8     │
///
/// **Valid as long as the batch it came in**: in a lambda, until the lambda returns. A longer text only
/// points to its bytes; emitting it copies them to the batch that leaves. To keep one (in a capture, a
/// container of your own, state), keep `str()`.
///
/// As a field, `struct word_count { weir::text word; std::int64_t count; };` costs about two thirds of the
/// same struct with a std::string.
class text {
public:
  /// The longest text that needs no bytes outside.
  static constexpr std::size_t inline_max = 12;

  constexpr text() = default;

  /// Points to `bytes` if they are longer than `inline_max`. Throws std::length_error above 4 GiB.
  text(std::string_view bytes) {
    const char* from = bytes.data();
    std::size_t size = bytes.size();
    if (size > inline_max) {
      if (size > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error{"a weir::text holds at most 4 GiB"};
      head_ = size | std::uint64_t{detail::load_4(from)} << 32;
      tail_ = reinterpret_cast<std::uint64_t>(from);
      return;
    }
    // Put together in registers: stores of single pieces would make the next load of the whole wait for them.
    std::uint64_t first = 0; // bytes 0 to 7
    std::uint64_t last = 0;  // bytes 8 to 11
    if (size >= 8) {
      first = detail::load_8(from);
      last = std::uint64_t{detail::load_4(from + size - 4)} >> (8 * (12 - size));
    } else if (size >= 4) {
      first = detail::load_4(from) | std::uint64_t{detail::load_4(from + size - 4)} >> (8 * (8 - size)) << 32;
    } else if (size != 0) {
      auto byte = [&](std::size_t i) {
        return std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
      };
      first = byte(0) | byte(size / 2) | byte(size - 1);
    }
    head_ = size | first << 32;
    tail_ = first >> 32 | last << 32;
  }

  text(const char* bytes) : text{std::string_view{bytes}} {}
  text(const std::string& bytes) : text{std::string_view{bytes}} {}
  /// A temporary string is gone before the text is read. Emit a std::string_view of one that lives, or use a
  /// std::string field.
  text(std::string&&) = delete;

  [[nodiscard]] std::size_t size() const { return static_cast<std::uint32_t>(head_); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// For a short text, a pointer into this object.
  [[nodiscard]] const char* data() const {
    return is_inline() ? reinterpret_cast<const char*>(this) + 4 : reinterpret_cast<const char*>(tail_);
  }
  [[nodiscard]] const char* begin() const { return data(); }
  [[nodiscard]] const char* end() const { return data() + size(); }
  [[nodiscard]] std::string_view view() const { return {data(), size()}; }
  operator std::string_view() const { return view(); }

  /// A copy to keep.
  [[nodiscard]] std::string str() const { return std::string{view()}; }

  /// The same value as for a std::string or std::string_view of the same bytes: see detail/hash.hpp.
  [[nodiscard]] std::uint64_t hash() const {
    std::size_t n = size();
    if (n > inline_max)
      return detail::hash_bytes(reinterpret_cast<const char*>(tail_), n);
    std::uint64_t first = head_ >> 32 | tail_ << 32;
    if (n >= 8) {
      auto all = static_cast<unsigned __int128>(tail_ >> 32) << 64 | first;
      return detail::hash_ends(first, static_cast<std::uint64_t>(all >> (8 * (n - 8))), n);
    }
    if (n >= 4)
      return detail::hash_ends(static_cast<std::uint32_t>(first),
                               static_cast<std::uint32_t>(first >> (8 * (n - 4))), n);
    if (n == 0)
      return detail::hash_ends(0, 0, 0);
    auto byte = [&](std::size_t i) { return first >> (8 * i) & 0xff; };
    return detail::hash_ends(byte(0) << 16 | byte(n / 2) << 8 | byte(n - 1), 0, n);
  }

  friend bool operator==(const text& a, const text& b) {
    if (a.head_ != b.head_)
      return false;
    return a.tail_ == b.tail_ || (!a.is_inline() && std::memcmp(a.data(), b.data(), a.size()) == 0);
  }
  friend std::strong_ordering operator<=>(const text& a, const text& b) { return a.view() <=> b.view(); }

  template <detail::text_like Other>
  friend bool operator==(const text& a, const Other& b) {
    return a.view() == std::string_view{b};
  }
  template <detail::text_like Other>
  friend std::strong_ordering operator<=>(const text& a, const Other& b) {
    return a.view() <=> std::string_view{b};
  }

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const text& value) {
    return out << std::basic_string_view<char, Traits>{value.data(), value.size()};
  }

private:
  friend struct detail::text_access;

  [[nodiscard]] bool is_inline() const { return size() <= inline_max; }

  std::uint64_t head_ = 0; // size in the lower half, the first four bytes in the upper
  std::uint64_t tail_ = 0; // the other bytes, or the pointer
};

static_assert(sizeof(text) == 16 && std::is_trivially_copyable_v<text>);

namespace detail {

/// What codecs and emitters may do to a text and users may not.
struct text_access {
  static bool is_inline(const text& value) { return value.is_inline(); }

  /// Makes a long text point to a copy of its bytes.
  static void move_to(text& value, const char* copy) { value.tail_ = reinterpret_cast<std::uint64_t>(copy); }

  /// The inline bytes as two words, without the size: bytes 0 to 7, and 8 to 11.
  static std::uint64_t first(const text& value) { return value.head_ >> 32 | value.tail_ << 32; }
  static std::uint32_t last(const text& value) { return static_cast<std::uint32_t>(value.tail_ >> 32); }

  /// A short text from its words; bytes behind `size` are dropped. Requires size <= inline_max.
  static text make(std::size_t size, std::uint64_t first, std::uint32_t last) {
    text value;
    std::uint64_t keep_first = size >= 8 ? ~0ull : (1ull << (8 * size)) - 1;
    std::uint64_t keep_last = size <= 8 ? 0 : (1ull << (8 * (size - 8))) - 1;
    first &= keep_first;
    value.head_ = size | first << 32;
    value.tail_ = first >> 32 | (last & keep_last) << 32;
    return value;
  }
};

} // namespace detail
} // namespace weir

template <>
struct std::hash<weir::text> {
  std::size_t operator()(const weir::text& value) const noexcept { return value.hash(); }
};
