#pragma once

#include "base/result.hpp"
#include "dataflow/job_graph.hpp"

#include <weir/detail/graph.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// The most subtasks of an operator, and the most key groups.
inline constexpr std::uint32_t parallelism_max = 32768;

/// What holds for an operator after defaults and inheritance.
struct operator_settings {
  std::uint32_t parallelism = 1;
  std::uint32_t max_parallelism = 128;
  std::string slot_sharing_group;
  std::vector<detail::partitioning> inputs; ///< of each edge of graph_node::inputs
};

/// Settles parallelism, key groups, slot sharing groups and partitioning of all operators. Fails for a graph
/// that is empty, has a loose end or states what cannot be; the error names the operator.
result<std::vector<operator_settings>> settle_operators(const detail::stream_graph& graph,
                                                        const compile_options& options);

/// `operator "word counts" (sum)`, for messages.
std::string describe(const detail::graph_node& node);

} // namespace weir
