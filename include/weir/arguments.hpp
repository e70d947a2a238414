#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// An argument is missing, unknown or of the wrong form. The message says which and what to write instead.
class argument_error : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

namespace detail {
std::int64_t parse_integer(std::string_view name, std::string_view value);
double parse_number(std::string_view name, std::string_view value);
bool parse_flag(std::string_view name, std::string_view value);
} // namespace detail

/// The arguments after the job library: `--name=value`, `--name value`, or `--name` alone for a flag.
///
/// Every look-up makes its name known; what was given but never looked up is refused after the job function
/// returned.
class arguments {
public:
  arguments() = default;

  /// Throws argument_error for what is not of the form above, or given twice.
  explicit arguments(const std::vector<std::string>& given);

  /// Throws argument_error when it is missing or of the wrong form.
  template <class T>
  [[nodiscard]] T required(std::string_view name) {
    return convert<T>(name, require(name));
  }

  /// The value, or `otherwise` when it is missing. Throws argument_error when it is of the wrong form.
  template <class T>
  [[nodiscard]] T optional(std::string_view name, T otherwise) {
    const std::string* value = find(name);
    return value ? convert<T>(name, *value) : std::move(otherwise);
  }

  /// Throws argument_error for arguments that were given but never looked up, with the list of those known.
  void refuse_unknown() const;

private:
  struct argument {
    std::string name;
    std::string value;
    bool known = false;
  };

  const std::string& require(std::string_view name);
  const std::string* find(std::string_view name);

  template <class T>
  static T convert(std::string_view name, const std::string& value) {
    if constexpr (std::same_as<T, bool>) {
      return detail::parse_flag(name, value);
    } else if constexpr (std::integral<T>) {
      std::int64_t number = detail::parse_integer(name, value);
      if (!std::in_range<T>(number))
        throw argument_error{"--" + std::string{name} + "=" + value + " is out of range"};
      return static_cast<T>(number);
    } else if constexpr (std::floating_point<T>) {
      return static_cast<T>(detail::parse_number(name, value));
    } else {
      static_assert(std::constructible_from<T, const std::string&>,
                    "an argument is a bool, an integer, a floating-point number or a std::string");
      return T(value);
    }
  }

  std::vector<argument> given_;
  std::vector<std::string> known_;
};

} // namespace weir
