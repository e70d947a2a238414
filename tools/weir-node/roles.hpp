#pragma once

#include "base/configuration.hpp"
#include "base/platform.hpp"
#include "termination.hpp"
#include "wire/control_messages.hpp"

namespace weir::tools {

// Each runs one role until the process is asked to end, and returns the program's exit code.

int run_master(platform& environment, const configuration& settings, const termination& end);

int run_worker(platform& environment, const configuration& settings, const node_address& master,
               const termination& end);

} // namespace weir::tools
