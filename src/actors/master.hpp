#pragma once

#include "actors/connector.hpp"
#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "rest/cluster_gateway.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace weir {
class configuration;
}

namespace weir::actors {

/// The actors of a master and the way to reach them. weir-node has one; a simulation has one per master it
/// starts.
class master {
public:
  virtual ~master() = default;

  /// Valid as long as this object, also after stop(): calls then end with unavailable.
  virtual cluster_gateway& gateway() = 0;

  /// Where workers reach this master.
  virtual const node_address& rpc_address() const = 0;

  virtual leader_epoch epoch() const = 0;

  /// Ends the actors; calls under way end with unavailable. Does not wait for the actors and leaves the
  /// connector to whoever made it. Idempotent; the destructor does it too.
  virtual void stop() = 0;
};

/// An epoch for a master without leader election: wall time in milliseconds, so that a restarted master has a
/// larger one.
leader_epoch epoch_from_wall_time(platform& environment);

/// Starts the actors of a master on `system`, which speak with workers through `network`. `environment` must
/// live longer than the actors. Fails when the folder for job libraries (`blob.storage.directory`) cannot be
/// used or a configuration value is out of its range.
result<std::unique_ptr<master>> start_master(caf::actor_system& system, platform& environment,
                                             const configuration& settings, connector network,
                                             leader_epoch epoch);

} // namespace weir::actors
