#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "dataflow/job_spec.hpp"
#include "scheduler/checkpoint_settings.hpp"
#include "scheduler/job_failover.hpp"

#include <cstdint>

namespace weir {

class configuration;

/// How the master leads a job.
struct job_settings {
  leader_epoch epoch;
  bool recovered = false; ///< a master before this one led it: it has got somewhere already
  std::uint64_t collect_max_size = 16 << 20; ///< collect.max-size
  std::uint32_t failure_history_size = 16;   ///< web.exception-history-size
  checkpoint_settings checkpoints;
  failover_settings failover;
};

/// What the cluster's configuration says, and over it the job's own. Fails when they contradict each other.
result<job_settings> read_job_settings(const configuration& cluster, const job_spec& job, leader_epoch epoch);

} // namespace weir
