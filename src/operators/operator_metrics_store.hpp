#pragma once

#include "base/platform.hpp"

#include <weir/detail/metrics.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// Accumulators and metrics of one operator of one subtask. Names are not empty and have at most 255 bytes;
/// an operator has at most `names_max` of them. What is against that throws std::invalid_argument.
class operator_metrics_store final : public detail::operator_metrics {
public:
  /// Enough for people to read; a name per key would fill the messages that carry them.
  static constexpr std::size_t names_max = 1000;
  static constexpr std::size_t name_size_max = 255;

  explicit operator_metrics_store(weir::clock& clock) : clock_{clock} {}

  detail::accumulator_value& accumulator(std::string_view name, detail::accumulator_kind kind) override;
  detail::metric_value& metric(std::string_view name, detail::metric_kind kind) override;
  void gauge(std::string_view name, const void* of, read_gauge read) override;
  [[nodiscard]] std::int64_t monotonic_ms() override;

  /// All as they are now.
  [[nodiscard]] std::vector<detail::accumulator_value> accumulators() const;
  /// Asks the gauges, and measures the rates of meters: call it about once a second.
  [[nodiscard]] std::vector<detail::metric_value> metrics();

private:
  struct asked_gauge {
    detail::metric_value* value;
    const void* of;
    read_gauge read;
  };

  /// What a meter counted at some times of the last minute.
  struct metered {
    detail::metric_value* value;
    std::deque<std::pair<std::int64_t, double>> readings;
  };

  void check(std::string_view name) const;

  weir::clock& clock_;
  // Operators keep references to the elements.
  std::deque<detail::accumulator_value> accumulators_;
  std::deque<detail::metric_value> metrics_;
  std::vector<asked_gauge> gauges_;
  std::vector<metered> meters_;
};

} // namespace weir
