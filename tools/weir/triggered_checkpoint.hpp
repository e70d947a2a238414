#pragma once

#include "command.hpp"
#include "rest_client.hpp"

#include <cstdint>
#include <string>

namespace weir::tools {

/// Has a checkpoint taken of a job, waits for its end, and returns its number. `type` is CONFIGURED, FULL or
/// INCREMENTAL. The waiting ends after `client.timeout`; the checkpoint goes on.
result<std::uint64_t> trigger_checkpoint(const command_context& with, rest_client& master,
                                         const std::string& job, const std::string& type);

} // namespace weir::tools
