#pragma once

#include "actors/connector.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "dataflow/job_code.hpp"
#include "wire/control_messages.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>

namespace weir {
class configuration;
}

namespace weir::actors {

/// What a worker cannot decide for itself.
struct worker_surroundings {
  /// Where the master listens.
  node_address master;

  /// A task did not end within task.cancellation.timeout. Must end the process (in the simulation: the node)
  /// without waiting for anything. Called on an actor's thread.
  std::function<void(const std::string& reason)> exit_process;

  /// The master has taken the worker in, at the start and after each lost session. Called on an actor's
  /// thread; may be empty.
  std::function<void()> registered;

  /// Where the code of jobs comes from; empty: from job libraries.
  std::shared_ptr<job_code_provider> code;

  /// Give each task a thread of its own, since user code may block.
  bool detached_tasks = true;
};

/// The actors of a worker.
class worker {
public:
  virtual ~worker() = default;

  /// Where other workers reach this one.
  [[nodiscard]] virtual const node_address& data_address() const = 0;

  /// Tells the tasks to stop and ends the actors. Does not wait for them, and leaves the connector to whoever
  /// made it. Idempotent; the destructor does it too.
  virtual void stop() = 0;
};

/// How many slots a worker with these settings has: taskmanager.numberOfTaskSlots, or one for each CPU core.
std::size_t slot_count(const configuration& settings);

/// Starts the actors of a worker on `system`, which speak with the master and with other workers through
/// `network`. `environment` must live longer than the actors. The worker goes on trying to reach the master
/// until it is stopped.
result<std::unique_ptr<worker>> start_worker(caf::actor_system& system, platform& environment,
                                             const configuration& settings, connector network,
                                             worker_surroundings surroundings);

} // namespace weir::actors
