#pragma once

#include <weir/detail/arena.hpp>
#include <weir/detail/bytes.hpp>
#include <weir/detail/encoded_size.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string_view>
#include <utility>

namespace weir::detail {

/// Reads encoded values from bytes that may be anything.
struct byte_reader {
  const char* at;
  const char* end;
  arena* bytes; ///< where long texts are kept
  const char* fault = nullptr;

  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end - at); }

  bool fail(const char* what) {
    fault = what;
    return false;
  }
  bool needs(std::size_t size) { return left() >= size || fail("it ends too early"); }
};

/// Reads the length of something whose elements have at least `element_min` bytes each.
inline bool read_length(byte_reader& from, std::size_t& length, std::size_t element_min) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < length_bytes_max; ++i) {
    if (from.at == from.end)
      return from.fail("it ends within a length");
    auto byte = static_cast<unsigned char>(*from.at++);
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte < 0x80) {
      if (value > from.left() / element_min)
        return from.fail("a length is greater than what follows");
      length = value;
      return true;
    }
  }
  return from.fail("a length is not a number");
}

template <class T>
bool read_value(byte_reader& from, T& value);

inline bool read_flag(byte_reader& from, bool& value) {
  if (!from.needs(1))
    return false;
  char byte = *from.at++;
  value = byte != 0;
  return byte == 0 || byte == 1 || from.fail("a flag is neither 0 nor 1");
}

inline bool read_text(byte_reader& from, weir::text& value) {
  constexpr std::size_t whole = 1 + weir::text::inline_max;
  if (from.left() >= whole && static_cast<unsigned char>(*from.at) <= weir::text::inline_max) [[likely]] {
    auto size = static_cast<std::size_t>(*from.at);
    value = text_access::make(size, load_8(from.at + 1), load_4(from.at + 9));
    from.at += 1 + size;
    return true;
  }
  std::size_t size = 0;
  if (!read_length(from, size, 1))
    return false;
  std::string_view bytes{from.at, size};
  value = bytes;
  if (size > weir::text::inline_max) {
    char* copy = from.bytes->reserve(size);
    copy_bytes(copy, from.at, size);
    text_access::move_to(value, copy);
  }
  from.at += size;
  return true;
}

/// The value that an as_record type was made of.
template <class T>
bool map_back(byte_reader& from, typename as_record<T>::type&& plain, T& value) {
  try {
    value = as_record<T>::from(std::move(plain));
    return true;
  } catch (const std::exception&) {
    return from.fail("weir::as_record refuses a value");
  }
}

template <class T>
bool read_mapped(byte_reader& from, T& value) {
  typename as_record<T>::type plain{};
  return read_value(from, plain) && map_back(from, std::move(plain), value);
}

/// Reads the elements of a map or set.
template <class T>
bool read_elements(byte_reader& from, T& value) {
  std::size_t count = 0;
  if constexpr (kind<T> == type_kind::map) {
    using key_type = typename T::key_type;
    using mapped_type = typename T::mapped_type;
    if (!read_length(from, count, min_encoded_size<key_type>() + min_encoded_size<mapped_type>()))
      return false;
    value.clear();
    for (std::size_t i = 0; i < count; ++i) {
      key_type key{};
      mapped_type mapped{};
      if (!read_value(from, key) || !read_value(from, mapped))
        return false;
      value.emplace_hint(value.end(), std::move(key), std::move(mapped));
    }
  } else {
    if (!read_length(from, count, min_encoded_size<element_t<T>>()))
      return false;
    value.clear();
    for (std::size_t i = 0; i < count; ++i) {
      element_t<T> element{};
      if (!read_value(from, element))
        return false;
      value.emplace_hint(value.end(), std::move(element));
    }
  }
  return true;
}

template <class T>
bool read_vector(byte_reader& from, T& value) {
  using element = element_t<T>;
  std::size_t count = 0;
  if (!read_length(from, count, min_encoded_size<element>()))
    return false;
  value.resize(count);
  if constexpr (bytewise<element>) {
    if (count != 0)
      std::memcpy(static_cast<void*>(value.data()), from.at, count * sizeof(element));
    from.at += count * sizeof(element);
  } else if constexpr (std::is_same_v<element, bool>) {
    for (std::size_t i = 0; i < count; ++i) {
      bool flag = false;
      if (!read_flag(from, flag))
        return false;
      value[i] = flag;
    }
  } else {
    for (element& each : value)
      if (!read_value(from, each))
        return false;
  }
  return true;
}

/// Reads a value into one that exists and may hold anything, so that its memory is used again. Returns false
/// after setting the fault.
template <class T>
bool read_value(byte_reader& from, T& value) {
  constexpr type_kind of = kind<T>;
  if constexpr (bytewise<T>) {
    if (!from.needs(sizeof value))
      return false;
    std::memcpy(static_cast<void*>(&value), from.at, sizeof value);
    from.at += sizeof value;
    return true;
  } else if constexpr (of == type_kind::own) {
    return own_codec<T>::read(from, value);
  } else if constexpr (of == type_kind::mapped) {
    return read_mapped(from, value);
  } else if constexpr (of == type_kind::boolean) {
    return read_flag(from, value);
  } else if constexpr (of == type_kind::enumeration) {
    bool flag = false;
    if (!read_flag(from, flag))
      return false;
    value = static_cast<T>(flag);
    return true;
  } else if constexpr (of == type_kind::string) {
    std::size_t size = 0;
    if (!read_length(from, size, 1))
      return false;
    value.assign(from.at, size);
    from.at += size;
    return true;
  } else if constexpr (of == type_kind::text) {
    return read_text(from, value);
  } else if constexpr (of == type_kind::optional) {
    bool there = false;
    if (!read_flag(from, there))
      return false;
    if (!there) {
      value.reset();
      return true;
    }
    if (!value)
      value.emplace();
    return read_value(from, *value);
  } else if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
    if constexpr (std::is_same_v<fields_t<T>, type_list<>>)
      return from.needs(1) && (*from.at++ == 0 || from.fail("an empty struct is not 0"));
    else
      return with_fields(value, [&](auto&... fields) { return (read_value(from, fields) && ...); });
  } else if constexpr (of == type_kind::array) {
    if constexpr (array_size<T> == 0)
      return from.needs(1) && (*from.at++ == 0 || from.fail("an empty array is not 0"));
    for (auto& element : value)
      if (!read_value(from, element))
        return false;
    return true;
  } else if constexpr (of == type_kind::vector) {
    return read_vector(from, value);
  } else {
    return read_elements(from, value);
  }
}

} // namespace weir::detail
