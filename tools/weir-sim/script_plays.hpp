#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::simulation {

struct script_wishes {
  std::vector<std::string> files;
  std::vector<std::string> assignments; ///< NAME=VALUE
  bool skip = false;                    ///< leave out scripts without a meaning, instead of refusing all
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  bool trace = false;
};

/// Plays each script with each seed and prints what came of it: of one run all that happened, of several
/// those that failed. Whether all passed; an error if a script or an assignment is wrong, before anything is
/// played.
result<bool> play_scripts(const script_wishes& wanted);

} // namespace weir::simulation
