#pragma once

#include "scheduler/execution_graph.hpp"

#include <cstdint>
#include <vector>

namespace weir {

/// The results of all subtasks: one for each name, in the order of the names, its value the subtasks' values
/// one after the other by vertex and subtask.
std::vector<task_result> merge_results(const execution_graph& execution);

/// Bytes of their values.
std::uint64_t results_size(const execution_graph& execution);

} // namespace weir
