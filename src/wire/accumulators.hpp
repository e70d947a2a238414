#pragma once

#include <weir/detail/metrics.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Those of one name and kind put together; in the order of the names.
std::vector<detail::accumulator_value> merge_accumulators(const std::vector<detail::accumulator_value>& all);

/// Flink's names: "LongCounter", "Histogram", …
std::string_view type_name(detail::accumulator_kind kind);

/// "12", "0.5", "null" for the least of nothing, "count=3 min=1 …" for a histogram.
std::string value_text(const detail::accumulator_value& accumulator);

/// A number as short as it can be written without a loss.
std::string number_text(double number);

/// "count=3 min=1 max=9 mean=4 p50=3 p95=9 p99=9".
std::string histogram_text(const detail::histogram_counts& histogram);

} // namespace weir
