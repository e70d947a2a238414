#include "values.hpp"

#include <charconv>

namespace weir::scenario {

result<std::uint64_t> number_of(const template_text& text, const variable_lookup& variables) {
  auto written = text.expand(variables);
  if (!written)
    return written.failure();
  std::uint64_t number = 0;
  auto [end, wrong] = std::from_chars(written->data(), written->data() + written->size(), number);
  if (wrong != std::errc{} || end != written->data() + written->size())
    return error{errc::invalid_argument,
                 "expected a whole number, found '" + *written + "', which is " + text.written()};
  return number;
}

result<std::chrono::milliseconds> time_of(const time_span& span, const variable_lookup& variables) {
  auto amount = number_of(span.amount, variables);
  if (!amount)
    return amount.failure();
  constexpr std::uint64_t longest_ms = 24 * 3'600'000;
  if (*amount > longest_ms / span.unit_ms)
    return error{errc::invalid_argument, "a time is at most a day"};
  return std::chrono::milliseconds{*amount * span.unit_ms};
}

result<unsigned> number_of(const node_name& node, const variable_lookup& variables) {
  if (node.is_master)
    return 0u;
  auto number = number_of(node.number, variables);
  if (!number)
    return number.failure();
  if (*number == 0 || *number > 1'000)
    return error{errc::invalid_argument, "workers have numbers from 1 on, not " + std::to_string(*number)};
  return static_cast<unsigned>(*number);
}

} // namespace weir::scenario
