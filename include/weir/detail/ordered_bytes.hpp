#pragma once

#include <weir/detail/contained_text.hpp>
#include <weir/detail/value_reader.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Keys as bytes that sort as the keys do and say where they end, so that one may follow another.
///
///     bool                   one byte, 0 or 1
///     integer, enum          big-endian; signed ones with the sign bit flipped
///     floating point         big-endian; of negative ones all bits flipped, of others the sign bit; -0.0 as
///     0.0 string, text           its bytes, 0 as 0 255; then 0 1 optional               0, or 1 and the
///     value array, tuple, struct   their parts vector, map, set       1 and an element (of a map: key,
///     value), again and again; then 0 as_record type         the value it maps to
///
/// Keys in cold stores and snapshots have this form, so it is part of the formats.
namespace weir::detail {

template <class T>
using unsigned_of_size =
    std::conditional_t<sizeof(T) == 1, std::uint8_t,
                       std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                          std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;

template <class Unsigned>
Unsigned swap_bytes(Unsigned value) {
  if constexpr (sizeof value == 2)
    return __builtin_bswap16(value);
  else if constexpr (sizeof value == 4)
    return __builtin_bswap32(value);
  else if constexpr (sizeof value == 8)
    return __builtin_bswap64(value);
  else
    return value;
}

/// The number whose big-endian bytes sort as `value` does.
template <class T>
unsigned_of_size<T> ordered_number(T value) {
  using bits = unsigned_of_size<T>;
  constexpr bits sign = static_cast<bits>(bits{1} << (8 * sizeof(T) - 1));
  if constexpr (std::is_floating_point_v<T>) {
    if (value == 0)
      value = 0; // -0.0 is equal to it
    else if (std::isnan(value))
      value = std::numeric_limits<T>::quiet_NaN();
    bits plain = std::bit_cast<bits>(value);
    return (plain & sign) != 0 ? static_cast<bits>(~plain) : static_cast<bits>(plain | sign);
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<bits>(static_cast<bits>(value) ^ sign);
  } else {
    return static_cast<bits>(value);
  }
}

template <class T>
T number_of_ordered(unsigned_of_size<T> ordered) {
  using bits = unsigned_of_size<T>;
  constexpr bits sign = static_cast<bits>(bits{1} << (8 * sizeof(T) - 1));
  if constexpr (std::is_floating_point_v<T>)
    return std::bit_cast<T>((ordered & sign) != 0 ? static_cast<bits>(ordered ^ sign)
                                                  : static_cast<bits>(~ordered));
  else if constexpr (std::is_signed_v<T>)
    return static_cast<T>(static_cast<bits>(ordered ^ sign));
  else
    return static_cast<T>(ordered);
}

/// At most how many bytes the ordered form of `key` has.
template <class T>
std::size_t ordered_bound(const T& key) {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::string || of == type_kind::text || std::is_same_v<T, std::string_view>) {
    return 2 * key.size() + 2;
  } else if constexpr (of == type_kind::mapped) {
    return ordered_bound<typename as_record<T>::type>(as_record<T>::to(key));
  } else if constexpr (of == type_kind::boolean || of == type_kind::number || of == type_kind::enumeration) {
    return sizeof(T);
  } else if constexpr (of == type_kind::optional) {
    return 1 + (key ? ordered_bound(*key) : 0);
  } else if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
    return with_fields(key, [](const auto&... fields) { return (ordered_bound(fields) + ... + 0); });
  } else if constexpr (of == type_kind::array || of == type_kind::vector || is_ordered_set<T>) {
    std::size_t bound = 1;
    for (const element_t<T>& element : key)
      bound += 1 + ordered_bound(element);
    return bound;
  } else {
    static_assert(is_ordered_map<T>, "this type cannot be a key");
    std::size_t bound = 1;
    for (const auto& [first, second] : key)
      bound += 1 + ordered_bound(first) + ordered_bound(second);
    return bound;
  }
}

/// Writes the ordered form of `key` where there is room for ordered_bound(key); returns its end.
template <class T>
char* write_ordered(char* to, const T& key) {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::string || of == type_kind::text || std::is_same_v<T, std::string_view>) {
    for (char c : std::string_view{key}) {
      *to++ = c;
      if (c == 0)
        *to++ = static_cast<char>(0xff);
    }
    *to++ = 0;
    *to++ = 1;
    return to;
  } else if constexpr (of == type_kind::mapped) {
    return write_ordered<typename as_record<T>::type>(to, as_record<T>::to(key));
  } else if constexpr (of == type_kind::boolean) {
    *to = key ? 1 : 0;
    return to + 1;
  } else if constexpr (of == type_kind::enumeration) {
    return write_ordered(to, static_cast<std::underlying_type_t<T>>(key));
  } else if constexpr (of == type_kind::number) {
    auto ordered = swap_bytes(ordered_number(key));
    std::memcpy(to, &ordered, sizeof ordered);
    return to + sizeof ordered;
  } else if constexpr (of == type_kind::optional) {
    *to++ = key ? 1 : 0;
    return key ? write_ordered(to, *key) : to;
  } else if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
    return with_fields(key, [&](const auto&... fields) {
      ((to = write_ordered(to, fields)), ...);
      return to;
    });
  } else if constexpr (of == type_kind::array) {
    for (const auto& element : key)
      to = write_ordered(to, element);
    return to;
  } else {
    if constexpr (is_ordered_map<T>) {
      for (const auto& [first, second] : key) {
        *to++ = 1;
        to = write_ordered(write_ordered(to, first), second);
      }
    } else {
      for (const element_t<T>& element : key) {
        *to++ = 1;
        to = write_ordered(to, element);
      }
    }
    *to++ = 0;
    return to;
  }
}

/// Appends the ordered form of `key` to a std::string or a std::vector<char>.
template <class T, class Bytes>
void append_ordered(Bytes& to, const T& key) {
  std::size_t start = to.size();
  to.resize(start + ordered_bound(key));
  to.resize(static_cast<std::size_t>(write_ordered(to.data() + start, key) - to.data()));
}

template <class T>
bool read_ordered(byte_reader& from, T& key);

/// The unescaped bytes of a string, to `keep(bytes)`.
template <class Keep>
bool read_ordered_bytes(byte_reader& from, Keep&& keep) {
  const char* at = from.at;
  while (true) {
    const void* zero = std::memchr(at, 0, static_cast<std::size_t>(from.end - at));
    if (!zero || static_cast<const char*>(zero) + 1 == from.end)
      return from.fail("a key ends within a string");
    const char* stop = static_cast<const char*>(zero);
    bool escaped = static_cast<unsigned char>(stop[1]) == 0xff;
    if (!escaped && stop[1] != 1)
      return from.fail("a string of a key is not escaped");
    keep(std::string_view{from.at, static_cast<std::size_t>(stop - from.at) + (escaped ? 1 : 0)});
    from.at = at = stop + 2;
    if (!escaped)
      return true;
  }
}

template <class T>
bool read_ordered_elements(byte_reader& from, T& key) {
  key.clear();
  for (bool more = false; read_flag(from, more);) {
    if (!more)
      return true;
    if constexpr (is_ordered_map<T>) {
      typename T::key_type first{};
      typename T::mapped_type second{};
      if (!read_ordered(from, first) || !read_ordered(from, second))
        return false;
      key.emplace_hint(key.end(), std::move(first), std::move(second));
    } else {
      element_t<T> element{};
      if (!read_ordered(from, element))
        return false;
      key.insert(key.end(), std::move(element));
    }
  }
  return false;
}

/// Reads a key from bytes that may be anything, and moves `from` behind it. Returns false after setting the
/// fault.
template <class T>
bool read_ordered(byte_reader& from, T& key) {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::string) {
    key.clear();
    return read_ordered_bytes(from, [&](std::string_view bytes) { key += bytes; });
  } else if constexpr (of == type_kind::text) {
    std::string bytes;
    if (!read_ordered_bytes(from, [&](std::string_view piece) { bytes += piece; }))
      return false;
    key = std::string_view{bytes};
    rehome(key, *from.bytes);
    return true;
  } else if constexpr (of == type_kind::mapped) {
    typename as_record<T>::type plain{};
    if (!read_ordered(from, plain))
      return false;
    try {
      key = as_record<T>::from(std::move(plain));
      return true;
    } catch (const std::exception&) {
      return from.fail("weir::as_record refuses a key");
    }
  } else if constexpr (of == type_kind::boolean) {
    return read_flag(from, key);
  } else if constexpr (of == type_kind::enumeration) {
    std::underlying_type_t<T> value{};
    if (!read_ordered(from, value))
      return false;
    key = static_cast<T>(value);
    return true;
  } else if constexpr (of == type_kind::number) {
    if (!from.needs(sizeof(T)))
      return false;
    unsigned_of_size<T> ordered;
    std::memcpy(&ordered, from.at, sizeof ordered);
    from.at += sizeof ordered;
    key = number_of_ordered<T>(swap_bytes(ordered));
    return true;
  } else if constexpr (of == type_kind::optional) {
    bool there = false;
    if (!read_flag(from, there))
      return false;
    key.reset();
    return !there || read_ordered(from, key.emplace());
  } else if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
    return with_fields(key, [&](auto&... fields) { return (read_ordered(from, fields) && ...); });
  } else if constexpr (of == type_kind::array) {
    for (auto& element : key)
      if (!read_ordered(from, element))
        return false;
    return true;
  } else {
    return read_ordered_elements(from, key);
  }
}

/// The least bytes that sort behind all that begin with `prefix`; empty when there are none.
inline std::string behind_prefix(std::string_view prefix) {
  std::string behind{prefix};
  while (!behind.empty() && static_cast<unsigned char>(behind.back()) == 0xff)
    behind.pop_back();
  if (!behind.empty())
    ++behind.back();
  return behind;
}

} // namespace weir::detail
