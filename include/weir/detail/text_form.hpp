#pragma once

#include <weir/detail/encoded_size.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>

/// The text form of records, for files and people.
///
/// A record that is a struct, tuple or pair is its fields separated by tabs. Inside them: (a,b) for a struct,
/// tuple or pair, [a,b] for a sequence or set, {k:v} for a map, null for an empty optional. Numbers as in C++
/// (floating point: the shortest form that reads back as the same value), bool as true or false, an enum as
/// its number, a char and strings as they are, without quotes or escapes.
namespace weir::detail {

template <class T>
void format_value(std::string& to, const T& value);

template <class T>
void format_number(std::string& to, T value) {
  if constexpr (std::same_as<T, char>) {
    to += value;
  } else {
    char digits[32]; // the longest double in shortest form has 24
    auto [end, failure] = [&] {
      if constexpr (std::integral<T> && sizeof(T) < 4)
        return std::to_chars(digits, digits + sizeof digits, static_cast<int>(value));
      else if constexpr (std::integral<T> && std::is_signed_v<T>)
        return std::to_chars(digits, digits + sizeof digits, static_cast<long long>(value));
      else if constexpr (std::integral<T>)
        return std::to_chars(digits, digits + sizeof digits, static_cast<unsigned long long>(value));
      else
        return std::to_chars(digits, digits + sizeof digits, value);
    }();
    (void)failure;
    to.append(digits, end);
  }
}

/// The fields with `separator` between them.
template <class T>
void format_fields(std::string& to, const T& value, char separator) {
  with_fields(value, [&](const auto&... fields) {
    bool first = true;
    [[maybe_unused]] auto each = [&](const auto& field) {
      if (!first)
        to += separator;
      first = false;
      format_value(to, field);
    };
    (each(fields), ...);
  });
}

template <class T>
void format_elements(std::string& to, const T& values) {
  constexpr bool is_map = kind<T> == type_kind::map;
  to += is_map ? '{' : '[';
  bool first = true;
  for (const auto& value : values) {
    if (!first)
      to += ',';
    first = false;
    if constexpr (is_map) {
      format_value(to, value.first);
      to += ':';
      format_value(to, value.second);
    } else if constexpr (kind<T> == type_kind::vector) {
      format_value<element_t<T>>(to, value); // the elements of std::vector<bool> are no bools
    } else {
      format_value(to, value);
    }
  }
  to += is_map ? '}' : ']';
}

/// The form of a value inside a record.
template <class T>
void format_value(std::string& to, const T& value) {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::own) {
    own_codec<T>::format(to, value);
  } else if constexpr (of == type_kind::mapped) {
    format_value<typename as_record<T>::type>(to, as_record<T>::to(value));
  } else if constexpr (of == type_kind::boolean) {
    to += value ? "true" : "false";
  } else if constexpr (of == type_kind::number) {
    format_number(to, value);
  } else if constexpr (of == type_kind::enumeration) {
    if constexpr (std::is_same_v<std::underlying_type_t<T>, char>)
      format_number(to, static_cast<int>(value));
    else
      format_value(to, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (of == type_kind::string || of == type_kind::text) {
    to.append(value.data(), value.size());
  } else if constexpr (of == type_kind::tuple || of == type_kind::aggregate) {
    to += '(';
    format_fields(to, value, ',');
    to += ')';
  } else if constexpr (of == type_kind::optional) {
    if (value)
      format_value(to, *value);
    else
      to += "null";
  } else {
    format_elements(to, value);
  }
}

/// The form of a whole record.
template <class T>
void format_record(std::string& to, const T& value) {
  if constexpr (kind<T> == type_kind::tuple || kind<T> == type_kind::aggregate)
    format_fields(to, value, '\t');
  else if constexpr (kind<T> == type_kind::mapped)
    format_record<typename as_record<T>::type>(to, as_record<T>::to(value));
  else
    format_value(to, value);
}

} // namespace weir::detail
