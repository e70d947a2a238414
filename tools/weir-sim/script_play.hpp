#pragma once

#include "script.hpp"
#include "timeline.hpp"

#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

namespace weir::simulation {

struct script_play {
  const scenario::script& what;
  std::uint64_t seed = 0; ///< of what the script leaves to chance, and of all that the cluster does
  std::map<std::string, std::string> variables; ///< whatever `let` says of them
  /// Where each step of an actor or executor goes, and what the script does between them; nullptr: nowhere.
  std::ostream* shown = nullptr;
};

struct script_outcome {
  result<void> done;
  scenario::timeline events{nullptr};
  std::uint64_t trace = 0; ///< hash over all steps
  std::uint64_t steps = 0;
  double seconds = 0; ///< of virtual time
};

/// Plays a script on a simulated cluster, once. Requires that it has a meaning there.
script_outcome play(const script_play& how);

} // namespace weir::simulation
