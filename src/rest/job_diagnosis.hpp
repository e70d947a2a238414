#pragma once

#include "scheduler/job_status.hpp"
#include "scheduler/worker_status.hpp"

#include <span>
#include <string>
#include <vector>

namespace weir {

/// Why a job is where it is: what it waits for, followed to the cause, a sentence a step.
///
///   The job is RUNNING.
///   lines (1/2) is held up by what it writes to (88 % of its time).
///   count (2/2) is busy (97 % of its time): it is what all others wait for.
std::vector<std::string> diagnose(const job_details& job, std::span<const job_summary> jobs,
                                  std::span<const worker_status> workers);

} // namespace weir
