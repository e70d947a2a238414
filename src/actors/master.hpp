#pragma once

#include "actors/connector.hpp"
#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "rest/cluster_gateway.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>

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
/// live longer than the actors. Fails when the folder for job libraries (`blob.storage.directory`) or that of
/// the cluster (`high-availability.storageDir`) cannot be used, or a configuration value is out of its range.
///
/// With a folder of the cluster this master goes on with the jobs in it, its epoch comes from there instead
/// of `epoch`, and `superseded` is called, once and by any thread, when another master has taken the folder:
/// this one is to be stopped then.
result<std::unique_ptr<master>> start_master(caf::actor_system& system, platform& environment,
                                             const configuration& settings, connector network,
                                             leader_epoch epoch,
                                             std::function<void(const std::string&)> superseded = {});

} // namespace weir::actors
