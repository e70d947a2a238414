#pragma once

#include <weir/detail/encoded_size.hpp>
#include <weir/detail/line_fields.hpp>

#include <string_view>

namespace weir {

/// The record that stream::write_text wrote as this line: the fields of a struct, tuple or pair, separated by
/// tabs, or a single value. Fields are numbers, bool, enums, std::string and weir::text.
///
///     env.from(weir::text_files("clicks.tsv")).map(weir::parse_line<click>)
///
/// Throws std::invalid_argument, which names field and line, for a line of another form.
template <class T>
T parse_line(std::string_view line) {
  T record{};
  if constexpr (detail::kind<T> == detail::type_kind::tuple ||
                detail::kind<T> == detail::type_kind::aggregate) {
    detail::line_fields from{line};
    detail::with_fields(record, [&](auto&... fields) {
      from.expect(sizeof...(fields));
      (from.read_next(fields), ...);
    });
  } else if (!detail::parse_value(line, record)) {
    detail::refuse_line("a line is no " + detail::type_name<T>(), line);
  }
  return record;
}

} // namespace weir
