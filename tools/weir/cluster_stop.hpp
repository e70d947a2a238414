#pragma once

#include "cluster_folder.hpp"

#include "base/platform.hpp"

#include <chrono>
#include <vector>

namespace weir::tools {

/// How long a node may take to end before it is killed.
inline constexpr std::chrono::seconds stop_timeout{15};

/// What became of the nodes that ran.
struct stopped_nodes {
  unsigned masters = 0;
  unsigned workers = 0;
  std::vector<cluster_node> killed; ///< did not end in time
};

/// Ends the cluster of a folder: the workers, then the master. Returns when they have ended. Fails when a
/// process cannot be signaled.
result<stopped_nodes> stop_nodes(platform& environment, cluster_folder& folder,
                                 std::chrono::milliseconds timeout);

} // namespace weir::tools
