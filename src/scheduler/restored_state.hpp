#pragma once

#include "dataflow/job_graph.hpp"
#include "wire/completed_checkpoint.hpp"

namespace weir {

/// What the tasks of a vertex begin with: for each of its operators all that its subtasks had in the
/// checkpoint, wherever the operator ran then. `from` is nullptr: nothing.
restored_state restored_state_of(const job_vertex& vertex, const completed_checkpoint* from);

} // namespace weir
