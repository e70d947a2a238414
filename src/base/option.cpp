#include "base/option.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>

namespace weir {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// The short name of each unit comes first: it is the one that is written.
constexpr std::array<unit, 19> duration_units{{
    {"d", 86'400'000},   {"day", 86'400'000},  {"days", 86'400'000}, {"h", 3'600'000},
    {"hour", 3'600'000}, {"hours", 3'600'000}, {"min", 60'000},      {"m", 60'000},
    {"minute", 60'000},  {"minutes", 60'000},  {"s", 1'000},         {"sec", 1'000},
    {"secs", 1'000},     {"second", 1'000},    {"seconds", 1'000},   {"ms", 1},
    {"milli", 1},        {"millis", 1},        {"milliseconds", 1},
}};

constexpr std::array<unit, 10> memory_units{{
    {"tb", 1ull << 40},
    {"t", 1ull << 40},
    {"gb", 1ull << 30},
    {"g", 1ull << 30},
    {"mb", 1ull << 20},
    {"m", 1ull << 20},
    {"kb", 1ull << 10},
    {"k", 1ull << 10},
    {"bytes", 1},
    {"b", 1},
}};

// So that the sum of a time and a duration does not overflow.
constexpr duration longest_duration = std::chrono::hours{24 * 36'525};

std::string_view trimmed(std::string_view text) {
  auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  return text;
}

std::string lower_case(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

/// A whole number and a unit, as a multiple of the smallest unit.
std::optional<std::int64_t> read_quantity(std::string_view text, std::span<const unit> units) {
  text = trimmed(text);
  std::size_t end = std::min(text.find_first_not_of("-0123456789"), text.size());
  auto number = read_number<std::int64_t>(text.substr(0, end));
  std::string_view name = trimmed(text.substr(end));
  if (!number)
    return std::nullopt;
  std::uint64_t factor = 1;
  if (!name.empty()) {
    auto found = std::ranges::find(units, lower_case(name), &unit::name);
    if (found == units.end())
      return std::nullopt;
    factor = found->factor;
  }
  std::int64_t product = 0;
  if (__builtin_mul_overflow(*number, static_cast<std::int64_t>(factor), &product))
    return std::nullopt;
  return product;
}

std::string write_quantity(std::uint64_t value, std::span<const unit> units) {
  auto exact =
      std::ranges::find_if(units, [&](const unit& u) { return value != 0 && value % u.factor == 0; });
  if (exact == units.end() || exact->factor == 1)
    return std::to_string(value);
  return std::to_string(value / exact->factor) + " " + std::string{exact->name};
}

template <class T>
std::optional<T> within(const option_limits<T>& limits, std::optional<T> value) {
  if (value && ((limits.min && *value < *limits.min) || (limits.max && *value > *limits.max)))
    return std::nullopt;
  return value;
}

template <class T>
std::string with_limits(std::string form, const option_limits<T>& limits) {
  if (limits.min && limits.max)
    return form + " from " + to_text(*limits.min) + " to " + to_text(*limits.max);
  if (limits.min)
    return form + " of at least " + to_text(*limits.min);
  if (limits.max)
    return form + " of at most " + to_text(*limits.max);
  return form;
}

} // namespace

std::string expected_form(const option<bool>&) {
  return "true or false";
}

std::string expected_form(const option<std::int64_t>& of) {
  return with_limits("a whole number", of.limits);
}

std::string expected_form(const option<double>& of) {
  return with_limits("a number", of.limits);
}

std::string expected_form(const option<std::string>& of) {
  if (of.limits.one_of.empty())
    return "text";
  std::string form = "one of";
  for (const std::string& value : of.limits.one_of)
    form += (form.size() == 6 ? " " : ", ") + value;
  return form;
}

std::string expected_form(const option<duration>& of) {
  return with_limits("a time such as \"10 s\", \"5 min\" or \"200 ms\"", of.limits);
}

std::string expected_form(const option<memory_size>& of) {
  return with_limits("a size such as \"128 mb\", \"20 kb\" or \"1 gb\"", of.limits);
}

std::optional<bool> read_value(const option<bool>&, std::string_view text) {
  std::string lower = lower_case(trimmed(text));
  if (lower == "true")
    return true;
  if (lower == "false")
    return false;
  return std::nullopt;
}

std::optional<std::int64_t> read_value(const option<std::int64_t>& of, std::string_view text) {
  return within(of.limits, read_number<std::int64_t>(trimmed(text)));
}

std::optional<double> read_value(const option<double>& of, std::string_view text) {
  auto number = read_number<double>(trimmed(text));
  if (!number || !std::isfinite(*number))
    return std::nullopt;
  return within(of.limits, number);
}

std::optional<std::string> read_value(const option<std::string>& of, std::string_view text) {
  const auto& one_of = of.limits.one_of;
  if (!one_of.empty() && std::ranges::find(one_of, text) == one_of.end())
    return std::nullopt;
  return std::string{text};
}

std::optional<duration> read_value(const option<duration>& of, std::string_view text) {
  auto count = read_quantity(text, duration_units);
  if (!count || duration{*count} > longest_duration || duration{*count} < -longest_duration)
    return std::nullopt;
  return within(of.limits, std::optional{duration{*count}});
}

std::optional<memory_size> read_value(const option<memory_size>& of, std::string_view text) {
  auto count = read_quantity(text, memory_units);
  if (!count || *count < 0)
    return std::nullopt;
  return within(of.limits, std::optional{memory_size{static_cast<std::uint64_t>(*count)}});
}

std::string to_text(bool value) {
  return value ? "true" : "false";
}

std::string to_text(std::int64_t value) {
  return std::to_string(value);
}

std::string to_text(double value) {
  std::array<char, 32> digits; // the shortest form that reads back has at most 24
  auto [end, failure] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end};
}

std::string to_text(const std::string& value) {
  return value;
}

std::string to_text(duration value) {
  if (value.count() < 0)
    return std::to_string(value.count()) + " ms";
  std::string text = write_quantity(static_cast<std::uint64_t>(value.count()), duration_units);
  return text.find(' ') == std::string::npos ? text + " ms" : text;
}

std::string to_text(memory_size value) {
  std::string text = write_quantity(value.bytes, memory_units);
  return text.find(' ') == std::string::npos ? text + " bytes" : text;
}

} // namespace weir
