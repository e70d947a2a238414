#pragma once

#include <weir/detail/histogram.hpp>
#include <weir/detail/metrics.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

/// What user code counts and measures.
///
/// An accumulator is a result: the values of all subtasks are put together, and the job shows the whole when
/// it ends. A metric is a measurement of one subtask as it is now, for whoever watches the job. Both are
/// asked for in open() by name, cost an addition or a comparison at each use, and are copied like pointers;
/// the handles are valid as long as the function object.
namespace weir {

namespace detail {

template <class T>
concept number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

template <number T>
inline constexpr bool is_integer = std::is_integral_v<T>;

/// Fits std::int64_t or double.
template <class T>
concept comparable_number = number<T> &&(std::is_signed_v<T> || sizeof(T) < sizeof(std::int64_t));

template <class Value>
class measured {
public:
  measured() = default;
  explicit measured(Value& value) : value_{&value} {}

protected:
  [[nodiscard]] Value& get() const {
    if (!value_) [[unlikely]]
      throw std::logic_error{"an accumulator or metric is used before it was asked for in open()"};
    return *value_;
  }

private:
  Value* value_ = nullptr;
};

} // namespace detail

/// A count that only grows.
class counter : detail::measured<detail::metric_value> {
public:
  using measured::measured;
  void add(std::uint64_t events = 1) const { get().value += static_cast<double>(events); }
  [[nodiscard]] std::uint64_t value() const { return static_cast<std::uint64_t>(get().value); }
};

/// A number that goes up and down.
class gauge : detail::measured<detail::metric_value> {
public:
  using measured::measured;
  void set(double value) const { get().value = value; }
};

/// How many events a second, over the last minute.
class meter : detail::measured<detail::metric_value> {
public:
  using measured::measured;
  void mark(std::uint64_t events = 1) const { get().value += static_cast<double>(events); }
};

/// How values are spread: quantiles within 1/16 of the true ones. What is not a number is left out.
class histogram : detail::measured<detail::histogram_counts> {
public:
  using measured::measured;
  void record(double value) const { add_value(get(), value); }
};

/// A sum over all subtasks, of integers (64 bits, running over) or of floating-point numbers.
template <detail::number T>
class sum_accumulator : detail::measured<detail::accumulator_value> {
public:
  using measured::measured;
  void add(T value) const {
    if constexpr (detail::is_integer<T>)
      get().integer = static_cast<std::int64_t>(static_cast<std::uint64_t>(get().integer) +
                                                static_cast<std::uint64_t>(value));
    else
      get().number += value;
  }
};

/// The least of all values; floating-point ones that are not a number are left out.
template <detail::comparable_number T>
class minimum_accumulator : detail::measured<detail::accumulator_value> {
public:
  using measured::measured;
  void add(T value) const {
    auto& to = get();
    if constexpr (detail::is_integer<T>)
      to.integer = to.count == 0 ? std::int64_t(value) : std::min(to.integer, std::int64_t(value));
    else if (value != value)
      return;
    else
      to.number = to.count == 0 ? double(value) : std::min(to.number, double(value));
    ++to.count;
  }
};

/// The greatest of all values; floating-point ones that are not a number are left out.
template <detail::comparable_number T>
class maximum_accumulator : detail::measured<detail::accumulator_value> {
public:
  using measured::measured;
  void add(T value) const {
    auto& to = get();
    if constexpr (detail::is_integer<T>)
      to.integer = to.count == 0 ? std::int64_t(value) : std::max(to.integer, std::int64_t(value));
    else if (value != value)
      return;
    else
      to.number = to.count == 0 ? double(value) : std::max(to.number, double(value));
    ++to.count;
  }
};

/// The average of all values.
class average_accumulator : detail::measured<detail::accumulator_value> {
public:
  using measured::measured;
  void add(double value) const {
    get().number += value;
    ++get().count;
  }
};

/// The accumulators of a function. A name that is there with another kind throws std::invalid_argument.
class accumulator_group {
public:
  explicit accumulator_group(detail::operator_metrics& of) : of_{&of} {}

  template <detail::number T = std::int64_t>
  [[nodiscard]] sum_accumulator<T> sum(std::string_view name) const {
    using enum detail::accumulator_kind;
    return sum_accumulator<T>{of_->accumulator(name, detail::is_integer<T> ? long_sum : double_sum)};
  }
  template <detail::comparable_number T = std::int64_t>
  [[nodiscard]] minimum_accumulator<T> minimum(std::string_view name) const {
    using enum detail::accumulator_kind;
    return minimum_accumulator<T>{
        of_->accumulator(name, detail::is_integer<T> ? int_minimum : double_minimum)};
  }
  template <detail::comparable_number T = std::int64_t>
  [[nodiscard]] maximum_accumulator<T> maximum(std::string_view name) const {
    using enum detail::accumulator_kind;
    return maximum_accumulator<T>{
        of_->accumulator(name, detail::is_integer<T> ? int_maximum : double_maximum)};
  }
  [[nodiscard]] average_accumulator average(std::string_view name) const {
    return average_accumulator{of_->accumulator(name, detail::accumulator_kind::average)};
  }
  [[nodiscard]] weir::histogram histogram(std::string_view name) const {
    return weir::histogram{of_->accumulator(name, detail::accumulator_kind::histogram).histogram};
  }

private:
  detail::operator_metrics* of_;
};

/// The metrics of a function in one subtask. A name that is there with another kind throws
/// std::invalid_argument.
class metric_group {
public:
  /// What gauges ask. Lives as long as the operator.
  using asked = std::deque<std::function<double()>>;

  metric_group(detail::operator_metrics& of, asked& keep) : of_{&of}, asked_{&keep} {}

  [[nodiscard]] weir::counter counter(std::string_view name) const {
    return weir::counter{of_->metric(name, detail::metric_kind::counter)};
  }
  [[nodiscard]] weir::gauge gauge(std::string_view name) const {
    return weir::gauge{of_->metric(name, detail::metric_kind::gauge)};
  }
  /// `ask()` is called when somebody looks, never while the function works.
  void gauge(std::string_view name, std::function<double()> ask) const {
    const auto& kept = asked_->emplace_back(std::move(ask));
    of_->gauge(name, &kept,
               [](const void* of) { return (*static_cast<const std::function<double()>*>(of))(); });
  }
  [[nodiscard]] weir::meter meter(std::string_view name) const {
    return weir::meter{of_->metric(name, detail::metric_kind::meter)};
  }
  [[nodiscard]] weir::histogram histogram(std::string_view name) const {
    return weir::histogram{of_->metric(name, detail::metric_kind::histogram).histogram};
  }

private:
  detail::operator_metrics* of_;
  asked* asked_;
};

} // namespace weir
