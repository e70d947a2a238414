#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What user code counts and measures. One subtask writes, the engine reads between two batches; no locks.
namespace weir::detail {

/// Values of a histogram in buckets that are at most 1/16 of their value wide: see histogram.hpp.
struct histogram_counts {
  std::uint64_t count = 0;
  double sum = 0;
  double min = 0;
  double max = 0;
  std::int32_t first = 0;             ///< number of the first bucket there is
  std::vector<std::uint64_t> buckets; ///< how many values are in each, from `first` on
  bool operator==(const histogram_counts&) const = default;
};

enum class accumulator_kind : std::uint8_t {
  long_sum,
  double_sum,
  int_minimum,
  int_maximum,
  double_minimum,
  double_maximum,
  average,
  histogram, ///< shown with count, min, max and quantiles
};

/// A value that is merged over all subtasks and shown when the job ends.
struct accumulator_value {
  std::string name;
  accumulator_kind kind = accumulator_kind::long_sum;
  std::int64_t integer = 0;
  double number = 0;       ///< sum of an average
  std::uint64_t count = 0; ///< of an average; for minimum and maximum: 0 as long as there is none
  histogram_counts histogram;
  bool operator==(const accumulator_value&) const = default;
};

enum class metric_kind : std::uint8_t { counter, gauge, meter, histogram };

/// A measurement of one subtask as it is now.
struct metric_value {
  std::string name;
  metric_kind kind = metric_kind::counter;
  double value = 0; ///< count, gauge, events in all
  double rate = 0;  ///< of a meter: events a second over the last minute
  histogram_counts histogram;
  bool operator==(const metric_value&) const = default;
};

/// Accumulators and metrics of one operator in one subtask. The objects behind the references live as long as
/// the operator.
class operator_metrics {
public:
  virtual ~operator_metrics() = default;

  /// The accumulator of that name, the same for all who ask in this subtask. Throws std::invalid_argument
  /// when it is there with another kind.
  virtual accumulator_value& accumulator(std::string_view name, accumulator_kind kind) = 0;

  /// The measurement of that name; same rule.
  virtual metric_value& metric(std::string_view name, metric_kind kind) = 0;

  /// A gauge whose value is asked for when somebody looks.
  using read_gauge = double (*)(const void* of);
  virtual void gauge(std::string_view name, const void* of, read_gauge read) = 0;

  /// Milliseconds on a clock that never goes back, for rates.
  [[nodiscard]] virtual std::int64_t monotonic_ms() = 0;
};

} // namespace weir::detail
