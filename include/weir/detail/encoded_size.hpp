#pragma once

#include <weir/detail/type_kind.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

/// The encoded form of single values. Numbers are little-endian.
///
///     bool                    one byte, 0 or 1
///     number, enum            its bytes
///     string, text            length, bytes
///     optional                one byte, 0 or 1; the value
///     array, tuple, struct    their parts; one zero byte where there are none
///     vector, map, set        length, elements (of a map: key, value)
///     as_record type          the value it maps to
///     length                  varint: 7 bits a byte, lowest first, the upper bit set in all but the last; at
///     most 5 bytes
///
/// No value is encoded as nothing, so the number of bytes bounds the number of elements that a length can
/// claim.
namespace weir::detail {

inline constexpr std::size_t length_bytes_max = 5;

template <class T>
constexpr bool is_bytewise();

template <class T, class... Field>
constexpr bool are_bytewise(type_list<Field...>) {
  return (is_bytewise<Field>() && ... && ((sizeof(Field) + ... + 0) == sizeof(T)));
}

template <class T>
constexpr bool is_bytewise() {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::number)
    return true;
  else if constexpr (of == type_kind::enumeration)
    return !std::is_same_v<std::underlying_type_t<T>, bool>;
  else if constexpr (of == type_kind::array && std::is_trivially_copyable_v<T>)
    return array_size<T> != 0 && is_bytewise<element_t<T>>();
  else if constexpr (of == type_kind::aggregate && std::is_trivially_copyable_v<T>)
    return are_bytewise<T>(fields_t<T>{});
  else
    return false;
}

/// The encoded form is the value in memory: every byte counts, and every pattern of bytes is a value.
template <class T>
inline constexpr bool bytewise = is_bytewise<T>();

template <class T>
constexpr std::size_t min_encoded_size();

template <class... T>
constexpr std::size_t min_encoded_sizes(type_list<T...>) {
  return std::max<std::size_t>(1, (min_encoded_size<T>() + ... + 0));
}

/// The fewest bytes a value takes.
template <class T>
constexpr std::size_t min_encoded_size() {
  constexpr type_kind of = kind<T>;
  if constexpr (bytewise<T>)
    return sizeof(T);
  else if constexpr (of == type_kind::own)
    return own_codec<T>::min_size;
  else if constexpr (of == type_kind::mapped)
    return min_encoded_size<typename as_record<T>::type>();
  else if constexpr (of == type_kind::array)
    return std::max<std::size_t>(1, array_size<T> * min_encoded_size<element_t<T>>());
  else if constexpr (of == type_kind::tuple || of == type_kind::aggregate)
    return min_encoded_sizes(fields_t<T>{});
  else
    return 1;
}

template <class T>
constexpr bool is_fixed_size();

template <class... T>
constexpr bool are_fixed_size(type_list<T...>) {
  return (is_fixed_size<T>() && ...);
}

template <class T>
constexpr bool is_fixed_size() {
  constexpr type_kind of = kind<T>;
  if constexpr (bytewise<T> || of == type_kind::boolean || of == type_kind::enumeration)
    return true;
  else if constexpr (of == type_kind::mapped)
    return is_fixed_size<typename as_record<T>::type>();
  else if constexpr (of == type_kind::array)
    return is_fixed_size<element_t<T>>();
  else if constexpr (of == type_kind::tuple || of == type_kind::aggregate)
    return are_fixed_size(fields_t<T>{});
  else
    return false;
}

/// Every value takes min_encoded_size bytes.
template <class T>
inline constexpr bool fixed_size = is_fixed_size<T>();

template <class T, class F>
decltype(auto) with_fields(T& value, F&& f) {
  if constexpr (kind<T> == type_kind::tuple)
    return std::apply(f, value);
  else
    return visit_fields(value, f);
}

/// At most how many bytes write_value touches.
template <class T>
std::size_t encoded_bound(const T& value) {
  constexpr type_kind of = kind<T>;
  if constexpr (fixed_size<T>) {
    return min_encoded_size<T>();
  } else if constexpr (of == type_kind::own) {
    return own_codec<T>::bound(value);
  } else if constexpr (of == type_kind::mapped) {
    return encoded_bound<typename as_record<T>::type>(as_record<T>::to(value));
  } else if constexpr (of == type_kind::string) {
    return length_bytes_max + value.size();
  } else if constexpr (of == type_kind::text) {
    return length_bytes_max + std::max(weir::text::inline_max, value.size());
  } else if constexpr (of == type_kind::optional) {
    return 1 + (value ? encoded_bound(*value) : 0);
  } else if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
    return with_fields(value, [](const auto&... fields) { return (encoded_bound(fields) + ... + 0); });
  } else if constexpr (of == type_kind::map) {
    std::size_t bound = length_bytes_max;
    for (const auto& [key, mapped] : value)
      bound += encoded_bound(key) + encoded_bound(mapped);
    return bound;
  } else {
    std::size_t bound = length_bytes_max;
    if constexpr (fixed_size<element_t<T>>)
      return bound + std::size(value) * min_encoded_size<element_t<T>>();
    else
      for (const element_t<T>& element : value)
        bound += encoded_bound(element);
    return bound;
  }
}

} // namespace weir::detail
