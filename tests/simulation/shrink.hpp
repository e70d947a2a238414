#pragma once

#include "simulation/exactly_once_run.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace weir::simulation {

/// Which of the faults are left of a failing run when none of them can be spared. Plays it again for each
/// that is tried without; a run with fewer faults may break another promise than the first one.
std::vector<std::size_t> shrink(const std::vector<planned_fault>& faults,
                                const std::function<bool(const std::vector<planned_fault>&)>& still_fails);

/// The faults with these numbers. Requires that they are there.
std::vector<planned_fault> only(const std::vector<planned_fault>& faults,
                                const std::vector<std::size_t>& which);

/// "0,3,5"
std::string join(const std::vector<std::size_t>& numbers);

} // namespace weir::simulation
