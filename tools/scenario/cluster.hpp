#pragma once

#include "link_state.hpp"
#include "script.hpp"

#include "base/platform.hpp"
#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir::scenario {

/// The number of the master; workers count from 1.
inline constexpr unsigned master_number = 0;

std::string node_title(unsigned number); ///< "master", "worker 2"

using setting_map = std::map<std::string, std::string>;

/// What nodes are started with, unless `set` says otherwise: losses are noticed within seconds, checkpoints
/// are frequent, and jobs go on soon and always.
const setting_map& quick_settings();

/// What a node's disk does from now on.
struct disk_state {
  disk_fault how = disk_fault::well;
  std::chrono::milliseconds delay{0}; ///< of slow
  std::string names;                  ///< of refuses and holds
};

/// A job to run: what `run` says, with the values of its variables.
struct job_request {
  std::string library;
  std::vector<std::string> arguments; ///< of the job
  std::vector<std::string> options;   ///< of `weir run`
};

/// What a script acts on and looks at: a cluster with its files and its time. Where nothing else is said a
/// failure is an exception with a sentence.
class cluster {
public:
  virtual ~cluster() = default;

  /// For nodes that are started from now on.
  virtual void set(const std::string& key, std::string value) = 0;

  virtual void start_master() = 0;
  /// Starts workers and waits until each has registered.
  virtual void start_workers(unsigned count, unsigned slots) = 0;

  [[nodiscard]] virtual bool has(unsigned number) const = 0;
  virtual void kill(unsigned number) = 0;
  /// Asks the node to end, and waits for it. Fails when it ends in another way than it should.
  virtual void stop(unsigned number) = 0;
  virtual void pause(unsigned number) = 0;
  virtual void resume(unsigned number) = 0;
  /// Kills the node if it runs, and starts another one. Waits for a master, not for a worker.
  virtual void restart(unsigned number) = 0;

  /// What goes one way between two nodes that there are.
  virtual void set_link(unsigned from, unsigned to, link_state state) = 0;
  virtual void heal_all() = 0;
  virtual void set_disk(unsigned number, const disk_state& state) = 0;
  /// Does it hold a file that is to get its final name?
  [[nodiscard]] virtual bool disk_holds(unsigned number) const = 0;

  /// Ends all that runs, workers first; says what did not end well or was left behind, or nothing.
  virtual std::string stop_all() = 0;

  /// All that the node has logged, over restarts.
  [[nodiscard]] virtual std::string log_of(unsigned number) const = 0;
  /// The most memory in MiB that the process has had in use at once; 0 when it does not run.
  [[nodiscard]] virtual std::uint64_t peak_memory_of(unsigned number) const = 0;

  /// Submits a job and returns its id.
  virtual result<std::string> run(const job_request& what) = 0;
  /// What the master's REST server answers to a request without a body; an error within some seconds if there
  /// is no answer.
  virtual result<nlohmann::json> ask(const std::string& method, const std::string& path) = 0;

  /// Where a script finds what nodes and jobs write.
  virtual file_system& files() = 0;
  [[nodiscard]] virtual time_point now() = 0;
  /// Lets the cluster go on for some milliseconds.
  virtual void pass_a_moment() = 0;
};

/// Looks at `condition` again and again until it is true, or `limit` has passed: then once more.
template <class Condition>
bool comes_true(cluster& in, Condition condition, std::chrono::milliseconds limit) {
  time_point end = in.now() + limit;
  while (!condition()) {
    if (in.now() >= end)
      return condition();
    in.pass_a_moment();
  }
  return true;
}

} // namespace weir::scenario
