#include "scheduler/job_waiting.hpp"

namespace weir {

namespace {

std::string of_slots(std::uint32_t count, const job_slots& slots) {
  return std::to_string(count) + " of " + std::to_string(slots.required()) + " slots are ";
}

std::string why_slots_lack(const job_standstill& job) {
  if (job.missing_slots > 0)
    return of_slots(job.missing_slots, job.slots) + "missing";
  return of_slots(job.slots.lacking(), job.slots) + "yet to be offered";
}

/// Empty: none has to end any more.
std::string which_are_to_end(const execution_graph& execution) {
  for (const auto& subtasks : execution.attempts())
    for (const execution_attempt& attempt : subtasks)
      if (attempt.state == task_state::canceling)
        return std::to_string(execution.count(task_state::canceling)) + " tasks are to end, the first is " +
               execution.task_name(attempt.id) + " on worker " + attempt.worker;
  return "";
}

constexpr const char* open_checkpoint = "the metadata of a checkpoint is being stored";

} // namespace

std::string why_job_waits(const job_standstill& job) {
  switch (job.state) {
  case job_state::initializing:
    return job.blocked_by;
  case job_state::created:
    return why_slots_lack(job);
  case job_state::running: {
    std::uint32_t starting =
        job.execution.count(task_state::deploying) + job.execution.count(task_state::initializing);
    return starting == 0 ? "" : std::to_string(starting) + " tasks are starting";
  }
  case job_state::restarting:
    if (std::string ending = which_are_to_end(job.execution); !ending.empty())
      return ending;
    if (!job.blocked_by.empty())
      return job.blocked_by;
    if (!job.slots.complete())
      return why_slots_lack(job);
    if (job.checkpoint_is_open)
      return open_checkpoint;
    return job.restart_is_due ? "" : "the delay before its restart has not passed";
  case job_state::failing:
  case job_state::cancelling:
    if (std::string ending = which_are_to_end(job.execution); !ending.empty())
      return ending;
    if (job.checkpoint_is_open)
      return open_checkpoint;
    if (job.outputs_lack_slot)
      return "a slot is missing in which what its sinks have prepared could be committed or removed; "
             "canceling it "
             "(again) leaves that where it is";
    return job.outputs_open ? "what its sinks have prepared is being committed or removed" : "";
  default:
    return "";
  }
}

} // namespace weir
