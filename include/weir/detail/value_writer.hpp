#pragma once

#include <weir/detail/bytes.hpp>
#include <weir/detail/encoded_size.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::detail {

inline char* write_length(char* to, std::size_t length) {
  while (length >= 0x80) {
    *to++ = static_cast<char>(length | 0x80);
    length >>= 7;
  }
  *to++ = static_cast<char>(length);
  return to;
}

/// Writes the encoded form of `value` and returns its end. Bytes behind it, within the bound, may be
/// overwritten.
template <class T>
char* write_value(char* to, const T& value) {
  constexpr type_kind of = kind<T>;
  if constexpr (bytewise<T>) {
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
  } else if constexpr (of == type_kind::own) {
    return own_codec<T>::write(to, value);
  } else if constexpr (of == type_kind::mapped) {
    return write_value<typename as_record<T>::type>(to, as_record<T>::to(value));
  } else if constexpr (of == type_kind::boolean || of == type_kind::enumeration) {
    *to = static_cast<char>(static_cast<bool>(value));
    return to + 1;
  } else if constexpr (of == type_kind::string) {
    to = write_length(to, value.size());
    copy_bytes(to, value.data(), value.size());
    return to + value.size();
  } else if constexpr (of == type_kind::text) {
    std::size_t size = value.size();
    if (text_access::is_inline(value)) [[likely]] {
      // All inline bytes, whatever the length: a copy of constant size.
      std::uint64_t first = text_access::first(value);
      std::uint32_t last = text_access::last(value);
      *to++ = static_cast<char>(size);
      std::memcpy(to, &first, 8);
      std::memcpy(to + 8, &last, 4);
      return to + size;
    }
    to = write_length(to, size);
    copy_bytes(to, value.data(), size);
    return to + size;
  } else if constexpr (of == type_kind::optional) {
    *to++ = value ? 1 : 0;
    return value ? write_value(to, *value) : to;
  } else if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
    return with_fields(value, [&](const auto&... fields) {
      if constexpr (sizeof...(fields) == 0)
        *to++ = 0;
      ((to = write_value(to, fields)), ...);
      return to;
    });
  } else if constexpr (of == type_kind::array) {
    if constexpr (array_size<T> == 0)
      *to++ = 0;
    for (const auto& element : value)
      to = write_value(to, element);
    return to;
  } else {
    to = write_length(to, value.size());
    if constexpr (of == type_kind::map) {
      for (const auto& [key, mapped] : value)
        to = write_value(write_value(to, key), mapped);
    } else if constexpr (of == type_kind::vector && bytewise<element_t<T>>) {
      if (!value.empty())
        std::memcpy(to, value.data(), value.size() * sizeof(element_t<T>));
      to += value.size() * sizeof(element_t<T>);
    } else {
      for (const element_t<T>& element : value)
        to = write_value(to, element);
    }
    return to;
  }
}

} // namespace weir::detail
