#pragma once

#include "command.hpp"
#include "rest/cluster_gateway.hpp"

#include <cstdint>
#include <string>

namespace weir::tools {

/// Which graph to build from which library.
struct job_request {
  std::string library;           ///< path
  std::string library_name;      ///< for messages; empty: the path's last part
  std::string function;          ///< empty: the only one
  std::string name;              ///< empty: as the job says
  std::uint32_t parallelism = 0; ///< 0: parallelism.default
};

/// A job ready to be handed in.
struct built_job {
  job_submission submission; ///< its id is zero
  std::string library;       ///< the bytes
};

/// Loads the library into this process, runs the job function with the arguments of the command line, and
/// compiles its graph. Runs user code.
result<built_job> build_job(const command_context& with, const job_request& request);

/// How many slots the job takes: its sharing groups need as many as their widest operator has subtasks.
std::uint64_t slots_of(const job_graph& graph);

} // namespace weir::tools
