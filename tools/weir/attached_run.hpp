#pragma once

#include "command.hpp"
#include "rest_client.hpp"

#include <string>

namespace weir::tools {

/// Follows a job until it has ended, shows where it is, and tells its end. A signal ends the following: the
/// job goes on, unless `cancel_when_interrupted`, or unless the user, asked on a terminal, wants it canceled.
/// Returns the exit code.
int follow_job(const command_context& with, rest_client& master, const std::string& id,
               bool cancel_when_interrupted);

} // namespace weir::tools
