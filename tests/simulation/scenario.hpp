#pragma once

#include "simulation/client.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::simulation {

struct scenario {
  std::uint64_t seed = 0;
  std::uint32_t parallelism = 2;
  std::size_t jobs = 1;                     ///< submitted at the same time, for the four slots of two workers
  int faults = 0;                           ///< the most of each kind, at moments that the seed chooses
  int breaks = 0;                           ///< of connections between workers, each while there is one
  bool cancels = false;                     ///< the user may cancel jobs
  std::chrono::milliseconds latency_max{2}; ///< of the network
};

struct outcome {
  std::vector<job_end> jobs;
  std::vector<std::string> faults; ///< what was done to the cluster
  /// Not empty: a promise was broken: a job did not end, a slot is lost, a worker is away.
  std::string trouble;
  std::uint64_t trace = 0;
  std::uint64_t steps = 0;
};

/// Runs word count on a simulated cluster, with faults, until each job has ended and all is well again. A
/// node that crashed comes back.
outcome play(const scenario& what);

/// What the job must give.
const std::vector<std::string>& expected_result();

} // namespace weir::simulation
