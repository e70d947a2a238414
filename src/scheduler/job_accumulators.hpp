#pragma once

#include "scheduler/job_status.hpp"
#include "wire/accumulators.hpp"

#include <span>
#include <vector>

namespace weir {

/// The accumulators of some subtasks put together.
std::vector<detail::accumulator_value> merge_accumulators(std::span<const subtask_status* const> subtasks);

/// Of the whole job.
std::vector<detail::accumulator_value> merge_accumulators(const job_details& job);

} // namespace weir
