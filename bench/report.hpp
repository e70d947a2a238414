#pragma once

#include "measurement.hpp"

#include <string>

namespace bench {

/// The heading of the table.
std::string table_heading();

/// One line of the table. A ratio below its target is marked.
std::string table_line(const comparison& result);

/// One line of JSON:
/// {"bench":…,"variant":…,"weir":X,"limit":Y,"unit":…,"ratio":…,"cpu_ratio":…,"target":…,"rounds":…,
///  "weir_range":[…],"limit_range":[…],"weir_cores":…,"references":{name:value},"failure":…}
std::string json_line(const comparison& result);

} // namespace bench
