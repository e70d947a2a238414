#pragma once

#include "scheduler/execution_graph.hpp"
#include "scheduler/job_slots.hpp"

#include <cstdint>
#include <string>

namespace weir {

/// What keeps a job in `state` from going on, as a sentence for people; empty when nothing does. `missing`:
/// how many of its slots nobody can give at present.
std::string why_job_waits(job_state state, const execution_graph& execution, const job_slots& slots,
                          std::uint32_t missing);

} // namespace weir
