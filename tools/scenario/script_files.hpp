#pragma once

#include "script.hpp"

#include "base/platform.hpp"
#include "base/result.hpp"

#include <map>
#include <string>
#include <vector>

namespace weir::scenario {

/// All scripts, or the first mistake in one.
result<std::vector<script>> read_scripts(const std::vector<std::string>& paths, file_system& disk);

/// Splits what `--set` gives, NAME=VALUE; each name must be one that some script lets.
result<std::map<std::string, std::string>> read_assignments(const std::vector<std::string>& assignments,
                                                            const std::vector<script>& scripts);

} // namespace weir::scenario
