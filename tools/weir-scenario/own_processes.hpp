#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace weir::scenario {

/// From now on the orphans of this process's children become its own children, so that none gets away.
void adopt_orphans();

/// The command lines of all children of this process that have not ended.
std::vector<std::string> living_children();

} // namespace weir::scenario
