#pragma once

#include "base/result.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir {

/// A number of bytes; written "128 mb", "20 kb" (of 1024 bytes) or as a bare number.
struct memory_size {
  std::uint64_t bytes = 0;
  auto operator<=>(const memory_size&) const = default;
};

/// Written "200 ms", "10 s", "5 min", "1 h", "7 d" or as a bare number of milliseconds. At most 100 years.
using duration = std::chrono::milliseconds;

/// What an option's value may be, beyond its form. Both ends are included.
template <class T>
struct option_limits {
  std::optional<T> min;
  std::optional<T> max;
};

template <>
struct option_limits<bool> {};

template <>
struct option_limits<std::string> {
  std::vector<std::string> one_of; ///< empty: anything
};

/// A configuration key with the type, the default, the meaning and the limits of its value.
template <class T>
struct option {
  const char* key;
  T default_value;
  const char* help; ///< one line
  option_limits<T> limits = {};
};

using any_option =
    std::variant<const option<bool>*, const option<std::int64_t>*, const option<double>*,
                 const option<std::string>*, const option<duration>*, const option<memory_size>*>;

/// "a whole number from 0 to 65535": ends the sentence "… is not".
std::string expected_form(const option<bool>& of);
std::string expected_form(const option<std::int64_t>& of);
std::string expected_form(const option<double>& of);
std::string expected_form(const option<std::string>& of);
std::string expected_form(const option<duration>& of);
std::string expected_form(const option<memory_size>& of);

/// The value that `text` states for the option; nothing when it has the wrong form or is outside the limits.
std::optional<bool> read_value(const option<bool>& of, std::string_view text);
std::optional<std::int64_t> read_value(const option<std::int64_t>& of, std::string_view text);
std::optional<double> read_value(const option<double>& of, std::string_view text);
std::optional<std::string> read_value(const option<std::string>& of, std::string_view text);
std::optional<duration> read_value(const option<duration>& of, std::string_view text);
std::optional<memory_size> read_value(const option<memory_size>& of, std::string_view text);

/// The text that reads back as `value`, in the largest unit that is exact: "10 s".
std::string to_text(bool value);
std::string to_text(std::int64_t value);
std::string to_text(double value);
std::string to_text(const std::string& value);
std::string to_text(duration value);
std::string to_text(memory_size value);

} // namespace weir
