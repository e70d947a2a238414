#include "rest/summary_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<const char*, double>, 5> percentiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}}};

/// Between two of the sorted values, in proportion; Flink's clients know its figures from this rule.
double percentile(const std::vector<std::int64_t>& sorted, double part) {
  double rank = part * static_cast<double>(sorted.size() + 1) - 1;
  if (rank <= 0)
    return static_cast<double>(sorted.front());
  auto below = static_cast<std::size_t>(std::floor(rank));
  if (below + 1 >= sorted.size())
    return static_cast<double>(sorted.back());
  auto low = static_cast<double>(sorted[below]);
  return low + (rank - std::floor(rank)) * (static_cast<double>(sorted[below + 1]) - low);
}

} // namespace

json summary_json(std::vector<std::int64_t> values) {
  json summary{{"min", 0}, {"max", 0}, {"avg", 0}};
  if (!values.empty()) {
    std::ranges::sort(values);
    double sum = 0;
    for (std::int64_t value : values)
      sum += static_cast<double>(value);
    summary = {{"min", values.front()},
               {"max", values.back()},
               {"avg", static_cast<std::int64_t>(sum / static_cast<double>(values.size()))}};
  }
  for (auto [name, part] : percentiles)
    summary[name] = values.empty() ? json("NaN") : json(percentile(values, part));
  return summary;
}

} // namespace weir
