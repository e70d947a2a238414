#pragma once

#include "built_job.hpp"
#include "rest_client.hpp"

namespace weir::tools {

/// Hands a job in, and its library first unless the master has it. What was lost on the way is sent again:
/// the id in the submission makes that safe.
result<void> submit_job(rest_client& master, const built_job& job);

} // namespace weir::tools
