#pragma once

#include "dataflow/operator_settings.hpp"

#include <weir/detail/graph.hpp>

#include <cstdint>
#include <vector>

namespace weir {

/// Which operators run in one task: for each operator the lowest index of an operator of its chain.
///
/// An edge may be inside a chain when it is forward, both ends have the same parallelism, key groups and slot
/// sharing group, and neither end refuses. Chains grow along such edges in the order of the consumers, as
/// long as no chain would have to wait for itself:
///
///     a ──▶ c          c reads a directly, and through b, which is a task of its own. In one chain, a and c
///     └─▶ b ─┘         would be before and after b: the edge from a to c stays outside.
std::vector<std::uint32_t> find_chains(const detail::stream_graph& graph,
                                       const std::vector<operator_settings>& settings, bool chaining);

} // namespace weir
