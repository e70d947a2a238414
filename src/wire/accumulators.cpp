#include "wire/accumulators.hpp"

#include <weir/detail/histogram.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace weir {

using detail::accumulator_kind;
using detail::accumulator_value;

namespace {

template <class T>
void take_better(T& mine, const T& other, bool is_better, accumulator_value& to,
                 const accumulator_value& from) {
  if (from.count != 0 && (to.count == 0 || is_better))
    mine = other;
  to.count += from.count;
}

void merge_into(accumulator_value& to, const accumulator_value& from) {
  switch (to.kind) {
  case accumulator_kind::long_sum:
    // As wide as the user's own addition: it may run over.
    to.integer = static_cast<std::int64_t>(static_cast<std::uint64_t>(to.integer) +
                                           static_cast<std::uint64_t>(from.integer));
    break;
  case accumulator_kind::double_sum:
    to.number += from.number;
    break;
  case accumulator_kind::int_minimum:
    take_better(to.integer, from.integer, from.integer < to.integer, to, from);
    break;
  case accumulator_kind::int_maximum:
    take_better(to.integer, from.integer, from.integer > to.integer, to, from);
    break;
  case accumulator_kind::double_minimum:
    take_better(to.number, from.number, from.number < to.number, to, from);
    break;
  case accumulator_kind::double_maximum:
    take_better(to.number, from.number, from.number > to.number, to, from);
    break;
  case accumulator_kind::average:
    to.number += from.number;
    to.count += from.count;
    break;
  case accumulator_kind::histogram:
    merge(to.histogram, from.histogram);
    break;
  }
}

} // namespace

std::vector<accumulator_value> merge_accumulators(const std::vector<accumulator_value>& all) {
  // Two operators that gave one name to different kinds are shown one below the other.
  std::map<std::pair<std::string_view, accumulator_kind>, accumulator_value> merged;
  for (const accumulator_value& from : all) {
    auto [at, fresh] = merged.try_emplace({from.name, from.kind}, from);
    if (!fresh)
      merge_into(at->second, from);
  }
  std::vector<accumulator_value> values;
  for (auto& [name, value] : merged)
    values.push_back(std::move(value));
  return values;
}

std::string_view type_name(accumulator_kind kind) {
  constexpr std::array<std::string_view, 8> names{
      "LongCounter",   "DoubleCounter", "LongMinimum",        "LongMaximum",
      "DoubleMinimum", "DoubleMaximum", "AverageAccumulator", "Histogram",
  };
  return names[static_cast<std::size_t>(kind)];
}

std::string number_text(double number) {
  std::array<char, 32> text;
  auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string histogram_text(const detail::histogram_counts& histogram) {
  std::string text = "count=" + std::to_string(histogram.count);
  if (histogram.count == 0)
    return text;
  auto add = [&](const char* what, double value) {
    text += std::string{" "} + what + "=" + number_text(value);
  };
  add("min", histogram.min);
  add("max", histogram.max);
  add("mean", histogram.sum / static_cast<double>(histogram.count));
  add("p50", quantile(histogram, 0.5));
  add("p95", quantile(histogram, 0.95));
  add("p99", quantile(histogram, 0.99));
  return text;
}

std::string value_text(const accumulator_value& accumulator) {
  switch (accumulator.kind) {
  case accumulator_kind::long_sum:
    return std::to_string(accumulator.integer);
  case accumulator_kind::double_sum:
    return number_text(accumulator.number);
  case accumulator_kind::int_minimum:
  case accumulator_kind::int_maximum:
    return accumulator.count == 0 ? "null" : std::to_string(accumulator.integer);
  case accumulator_kind::double_minimum:
  case accumulator_kind::double_maximum:
    return accumulator.count == 0 ? "null" : number_text(accumulator.number);
  case accumulator_kind::average:
    return accumulator.count == 0 ? "null"
                                  : number_text(accumulator.number / static_cast<double>(accumulator.count));
  case accumulator_kind::histogram:
    return histogram_text(accumulator.histogram);
  }
  return {};
}

} // namespace weir
