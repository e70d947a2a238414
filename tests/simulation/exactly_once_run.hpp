#pragma once

#include "simulation/fault_plan.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weir::simulation {

struct exactly_once_run {
  std::uint64_t seed = 0;
  std::vector<planned_fault> faults;
  /// Told each step of an actor or executor and each operation of a node's life as it happens, with the
  /// virtual time before it; may be empty.
  std::function<void(const std::string&)> trace;
};

struct exactly_once_outcome {
  std::string trouble;               ///< a promise that was broken; empty: none
  std::string settings;              ///< what the seed chose, for people
  std::vector<std::string> timeline; ///< what happened, each with its virtual time
  std::uint64_t trace = 0;           ///< hash over all steps
  std::uint64_t steps = 0;
  std::uint64_t checkpoints = 0; ///< that were completed
  std::uint64_t restarts = 0;    ///< that were seen
};

/// Runs the job of examples/exactly_once on a master and three workers, whose disk and network the faults
/// befall, and judges what is left when all is well again.
///
/// Sound is a run in which the job ends FINISHED, its committed output has each number once and each key's
/// counts once; or it ends CANCELED as the user wished, and what complete checkpoints had is in the output
/// once. Nothing else is left in the folders of output and checkpoints, ids of checkpoints went up over all
/// masters, the files that metadata names were there, no master forgot the job or went back behind a
/// checkpoint that was reported as complete, each worker is registered with free slots, and the actors have
/// stopped talking.
exactly_once_outcome play(const exactly_once_run& what);

} // namespace weir::simulation
