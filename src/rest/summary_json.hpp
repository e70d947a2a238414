#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <vector>

namespace weir {

/// {"min", "max", "avg", "p50", "p90", "p95", "p99", "p999"} of some numbers. Without any, the percentiles
/// are the text "NaN" and the others 0.
nlohmann::json summary_json(std::vector<std::int64_t> values);

} // namespace weir
