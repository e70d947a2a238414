#pragma once

#include "scheduler/execution_graph.hpp"
#include "scheduler/job_slots.hpp"
#include "wire/control_messages.hpp"

namespace weir {

/// What the worker must know to run `attempt`: its slot, its job, where its producers run and which attempts
/// may read from it. Requires that all subtasks of the job have a slot.
deploy make_deployment(const execution_attempt& attempt, const execution_graph& execution,
                       const job_slots& slots, const job_spec& job);

} // namespace weir
