#include "scheduler/job_accumulators.hpp"

namespace weir {

using detail::accumulator_value;

std::vector<accumulator_value> merge_accumulators(std::span<const subtask_status* const> subtasks) {
  std::vector<accumulator_value> all;
  for (const subtask_status* subtask : subtasks)
    if (subtask->measurements)
      for (const accumulator_value& each : subtask->measurements->accumulators)
        all.push_back(each);
  return merge_accumulators(all);
}

std::vector<accumulator_value> merge_accumulators(const job_details& job) {
  std::vector<const subtask_status*> all;
  for (const auto& subtasks : job.vertices)
    for (const subtask_status& subtask : subtasks)
      all.push_back(&subtask);
  return merge_accumulators(std::span<const subtask_status* const>{all});
}

} // namespace weir
