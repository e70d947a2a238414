#include "scheduler/job_waiting.hpp"

namespace weir {

namespace {

std::string of_slots(std::uint32_t count, const job_slots& slots) {
  return std::to_string(count) + " of " + std::to_string(slots.required()) + " slots are ";
}

const execution_attempt* first_that_is_to_end(const execution_graph& execution) {
  for (const auto& subtasks : execution.attempts())
    for (const execution_attempt& attempt : subtasks)
      if (attempt.state == task_state::canceling)
        return &attempt;
  return nullptr;
}

} // namespace

std::string why_job_waits(job_state state, const execution_graph& execution, const job_slots& slots,
                          std::uint32_t missing) {
  switch (state) {
  case job_state::created:
    if (missing > 0)
      return of_slots(missing, slots) + "missing";
    return of_slots(slots.required() - slots.held(), slots) + "yet to be offered";
  case job_state::running: {
    std::uint32_t starting =
        execution.count(task_state::deploying) + execution.count(task_state::initializing);
    return starting == 0 ? "" : std::to_string(starting) + " tasks are starting";
  }
  case job_state::failing:
  case job_state::cancelling:
    if (const execution_attempt* first = first_that_is_to_end(execution))
      return std::to_string(execution.count(task_state::canceling)) + " tasks are to end, the first is " +
             execution.task_name(first->id) + " on worker " + first->worker;
    return "";
  default:
    return "";
  }
}

} // namespace weir
