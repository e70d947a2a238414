#pragma once

#include "base/result.hpp"
#include "dataflow/job_graph.hpp"

#include <weir/detail/graph.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// How the operators of a vertex become steps: which are fused into one, and what feeds what.
struct chain_plan {
  /// What a step reads: another step, or an edge from another vertex.
  struct source {
    bool network = false;
    std::uint32_t from = 0;   ///< index of a step, or into job_graph::edges
    std::uint32_t input = 0;  ///< of the step's operator
    std::uint32_t output = 0; ///< of the other step: 0 its records, n its side output n - 1
  };

  struct step {
    std::string name;        ///< of all operators in it: "lines -> words"
    std::uint32_t first = 0; ///< index into job_vertex::operators
    std::uint32_t last = 0;  ///< the same as `first` where nothing is fused
    std::vector<source> inputs;
    std::vector<std::uint32_t> edges_out; ///< indices into job_graph::edges
  };

  std::vector<step> steps; ///< producers before consumers
};

/// Fuses where the graph has a fused form of operators that are all in this vertex, one behind the other,
/// without side outputs, and nothing else reads what is between them. Fails when the two graphs do not belong
/// together.
result<chain_plan> plan_chain(const job_graph& graph, const detail::stream_graph& code, std::uint32_t vertex);

} // namespace weir
