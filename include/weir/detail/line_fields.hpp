#pragma once

#include <weir/detail/type_kind.hpp>
#include <weir/detail/type_name.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace weir::detail {

/// A value from its text form (see text_form.hpp). False when the text is none.
template <class T>
bool parse_value(std::string_view from, T& value) {
  constexpr type_kind of = kind<T>;
  if constexpr (of == type_kind::string || of == type_kind::text) {
    value = T(from);
    return true;
  } else if constexpr (of == type_kind::boolean) {
    value = from == "true";
    return value || from == "false";
  } else if constexpr (std::is_same_v<T, char>) {
    value = from.empty() ? '\0' : from.front();
    return from.size() == 1;
  } else if constexpr (of == type_kind::enumeration) {
    using number = std::underlying_type_t<T>;
    std::conditional_t<std::is_same_v<number, char>, int, number> parsed{};
    bool whole = parse_value(from, parsed);
    value = static_cast<T>(parsed);
    return whole;
  } else {
    static_assert(
        of == type_kind::number,
        "parse_line reads numbers, bool, enums, std::string and weir::text, and structs, tuples and "
        "pairs of these");
    auto [end, failure] = std::from_chars(from.data(), from.data() + from.size(), value);
    return failure == std::errc{} && end == from.data() + from.size();
  }
}

[[noreturn]] inline void refuse_line(const std::string& why, std::string_view line) {
  constexpr std::size_t shown = 200;
  throw std::invalid_argument{why + ": '" + std::string{line.substr(0, shown)} +
                              (line.size() > shown ? "…'" : "'")};
}

/// The fields of a line, which are separated by tabs.
class line_fields {
public:
  explicit line_fields(std::string_view line) : line_{line} {}

  void expect(std::size_t count) const {
    auto found = static_cast<std::size_t>(std::ranges::count(line_, '\t')) + 1;
    if (found != count)
      refuse_line("a line has " + std::to_string(found) + " fields instead of " + std::to_string(count),
                  line_);
  }

  template <class T>
  void read_next(T& value) {
    std::size_t end = std::min(line_.find('\t', at_), line_.size());
    ++number_;
    if (!parse_value(line_.substr(at_, end - at_), value))
      refuse_line("field " + std::to_string(number_) + " of a line is no " + type_name<T>(), line_);
    at_ = end + 1;
  }

private:
  std::string_view line_;
  std::size_t at_ = 0;
  std::size_t number_ = 0; ///< of the field that was read last, from 1
};

} // namespace weir::detail
