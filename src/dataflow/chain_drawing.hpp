#pragma once

#include "dataflow/job_graph.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// How an edge spreads records, as plans show it: "HASH".
std::string_view name_of(detail::partitioning how);

/// The operators of a vertex as lines for people, each operator below those it reads, and what comes from
/// other vertices and goes to them:
///
///     ○ numbers
///     ├─╮
///     │ ○ double
///     ├─╯
///     ○ union  ← HASH from words  → REBALANCE to write
std::vector<std::string> draw_chain(const job_graph& graph, std::uint32_t vertex);

} // namespace weir
