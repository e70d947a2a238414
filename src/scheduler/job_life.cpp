#include "scheduler/job_life.hpp"

#include "base/log.hpp"

#include <utility>

namespace weir {

job_life::job_life(const job_id& id, std::string name, std::uint32_t failures_max, std::int64_t wall_ms)
    : summary_{.id = id, .name = std::move(name), .start_wall_ms = wall_ms, .last_modified_wall_ms = wall_ms},
      entered_wall_ms_{{job_state::initializing, wall_ms}},
      failures_max_{failures_max} {}

bool job_life::enter(job_event event, std::int64_t wall_ms) {
  auto next = next_state(summary_.state, event);
  if (!next)
    return false;
  summary_.state = *next;
  summary_.last_modified_wall_ms = wall_ms;
  entered_wall_ms_[*next] = wall_ms;
  log::scheduler.info("job changes", {{"job", summary_.id}, {"state", *next}});
  return true;
}

void job_life::note_failure(failure_record failure) {
  log::scheduler.info(
      "job fails",
      {{"job", summary_.id}, {"task", failure.task}, {"worker", failure.worker}, {"cause", failure.cause}});
  failures_.insert(failures_.begin(), std::move(failure));
  if (failures_.size() > failures_max_)
    failures_.resize(failures_max_);
}

void job_life::note_tasks(const std::map<task_state, std::uint32_t>& counts, std::int64_t wall_ms) {
  summary_.tasks = counts;
  summary_.last_modified_wall_ms = wall_ms;
}

void job_life::end_as(const job_details& end) {
  summary_ = end.summary;
  entered_wall_ms_ = end.entered_wall_ms;
  log::scheduler.info("job ended", {{"job", summary_.id}, {"state", summary_.state}});
}

} // namespace weir
