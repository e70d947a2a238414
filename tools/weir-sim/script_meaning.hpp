#pragma once

#include "script.hpp"

#include "base/result.hpp"

namespace weir::simulation {

/// Fails with "FILE:LINE: … means nothing in the simulation" for the first statement of which that is so:
/// what asks for processes, or for a job library that is not linked into this program.
result<void> check_meaning(const scenario::script& of);

} // namespace weir::simulation
