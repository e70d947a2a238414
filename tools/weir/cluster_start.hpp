#pragma once

#include "cluster_folder.hpp"
#include "command.hpp"
#include "interruption.hpp"

#include <string>

namespace weir::tools {

struct cluster_size {
  unsigned workers = 1;
  std::string slots; ///< of each worker; empty: as configured
};

/// Starts a master and workers as processes of their own that outlive this one, and waits until all are
/// ready, as long as client.timeout and until one of `signals` comes. When that does not come about, it ends
/// those that it started; the error holds the last lines of the log of the node that is to blame.
result<void> start_nodes(const command_context& with, cluster_folder& folder, const cluster_size& size,
                         interruption& signals);

} // namespace weir::tools
