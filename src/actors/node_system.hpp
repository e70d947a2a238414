#pragma once

#include <caf/actor_system_config.hpp>

namespace weir::actors {

/// CAF as a node uses it. Construct an actor_system from it.
///
/// Control messages are few and short, so two scheduler threads serve them; subtasks have threads of their
/// own. The scheduler shares one queue: its threads sleep when there is nothing to do, where work stealing
/// would poll.
struct node_system_config : caf::actor_system_config {
  /// `networked`: the node has a TCP connector.
  explicit node_system_config(bool networked);
};

} // namespace weir::actors
