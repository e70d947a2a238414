#pragma once

#include "scheduler/execution_graph.hpp"
#include "scheduler/job_slots.hpp"

#include <cstdint>
#include <string>

namespace weir {

/// What may keep a job from going on.
struct job_standstill {
  job_state state = job_state::initializing;
  const execution_graph& execution;
  const job_slots& slots;
  std::uint32_t missing_slots = 0; ///< of those it lacks nobody can give so many at present
  bool checkpoint_is_open = false; ///< whether one that is being stored is complete
  bool outputs_lack_slot = false;  ///< that sinks have prepared, and that is to be ended
  bool outputs_open = false;
  bool restart_is_due = false;
  std::string blocked_by = {}; ///< why it cannot begin
};

/// What does, as a sentence for people; empty when nothing does.
std::string why_job_waits(const job_standstill& job);

} // namespace weir
