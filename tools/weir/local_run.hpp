#pragma once

#include "built_job.hpp"
#include "command.hpp"

namespace weir::tools {

/// Runs the job in this process, without a cluster, and tells its end. A signal cancels it. Returns the exit
/// code.
int run_locally(const command_context& with, const built_job& job);

} // namespace weir::tools
