#pragma once

#include <weir/detail/metrics.hpp>
#include <weir/detail/operator.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// What one operator of a task did.
struct operator_report {
  std::string name;
  std::uint64_t records_in = 0;
  std::uint64_t records_out = 0;
  std::vector<detail::metric_value> metrics;
  bool operator==(const operator_report&) const = default;
};

/// What the counters of task_metrics gain in one second, over the last few seconds.
struct task_rates {
  double records_in = 0;
  double records_out = 0;
  double bytes_in = 0;
  double bytes_out = 0;
  double busy_ms = 0;
  double idle_ms = 0;
  double backpressured_ms = 0;
  bool operator==(const task_rates&) const = default;
};

/// What the user's code in one attempt counted and measured, and what its operators did. For people: no
/// decision rests on it.
struct task_measurements {
  std::vector<detail::accumulator_value> accumulators;
  std::vector<operator_report> operators;
  task_rates rates;
  detail::event_time input_watermark = detail::min_event_time;
  detail::event_time output_watermark = detail::min_event_time;
  bool operator==(const task_measurements&) const = default;
};

/// Shared, since many lists of tasks are copied; two are equal when what they point to is.
class measurements_ptr : public std::shared_ptr<const task_measurements> {
public:
  using std::shared_ptr<const task_measurements>::shared_ptr;

  friend bool operator==(const measurements_ptr& a, const measurements_ptr& b) {
    return a.get() == b.get() || (a && b && *a == *b);
  }
};

/// About the bytes it takes in a message.
std::size_t wire_size(const task_measurements& measured);

} // namespace weir
