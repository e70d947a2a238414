#pragma once

#include "command.hpp"

#include <string>

namespace weir::tools::shell {

/// The name under which `GET /inspect` knows the one actor that `text` means:
///
///   dispatcher, resource-manager
///   a job             its id, the beginning of it, or its name
///   a worker          its id or the beginning of it
///   a slot            <worker>/0
///   a task            "Source: lines (1/2)" or the beginning of it, v0/s0, or <job>/v0/s0
///
/// Names of tasks are looked for in the jobs that have not ended, then in those that ended last. An error
/// names the actors that it could be.
result<std::string> find_actor(cluster& of, const std::string& text);

} // namespace weir::tools::shell
