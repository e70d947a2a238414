#pragma once

#include "scheduler/job_status.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <span>
#include <string_view>

/// Parts of answers that every level of a job shares: subtasks, vertices and the share of a vertex on one
/// worker.
namespace weir {

/// When something ran; -1 stands for "not yet".
struct run_times {
  std::int64_t start_wall_ms = -1;
  std::int64_t end_wall_ms = -1;
  std::int64_t duration_ms = -1; ///< up to `now` while it runs
};

/// From deployment to the end of one attempt.
run_times times_of(const subtask_status& subtask, std::int64_t now);

/// From the first deployment to the last end of a group of subtasks.
run_times times_of(std::span<const subtask_status* const> group, std::int64_t now);

/// One state for a group: the worst one when something ended badly, RUNNING while any runs, FINISHED when all
/// have, else the least advanced.
task_state aggregate_state(std::span<const subtask_status* const> group);

task_metrics sum(std::span<const subtask_status* const> group);

/// Counts by state in upper case, with a zero for the states nobody is in.
nlohmann::json state_counts_json(std::span<const subtask_status* const> group);

/// "start-time", "end-time" and "duration" go into `object`.
void add_times(nlohmann::json& object, const run_times& times);

nlohmann::json metrics_json(const task_metrics& metrics);

/// When the attempt entered each state, 0 for those it did not.
nlohmann::json timestamps_json(const subtask_status& subtask);

/// One entry of a vertex's `subtasks`.
nlohmann::json subtask_json(const subtask_status& subtask, std::int64_t now);

/// Minimum, maximum, average, sum and percentiles of each metric and of the time spent in each state.
nlohmann::json aggregated_json(std::span<const subtask_status* const> group, std::int64_t now);

} // namespace weir
