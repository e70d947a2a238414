#pragma once

#include "actors/master.hpp"
#include "actors/simulated_network.hpp"
#include "actors/worker.hpp"
#include "base/configuration.hpp"
#include "simulation/simulated_disk.hpp"
#include "simulation/simulated_platform.hpp"
#include "simulation/step_threads.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulation {

/// Operations of the disk that fail.
struct disk_trouble {
  std::size_t node = 0; ///< whose; or all_nodes
  simulated_disk::fault how = simulated_disk::fault::fail;
  std::function<bool(const simulated_disk::operation&)> which;
  std::uint64_t after = 0;          ///< so many of these are done first
  std::uint64_t times = UINT64_MAX; ///< so many fail
  time_point until = time_point::max();
};

inline constexpr std::size_t all_nodes = static_cast<std::size_t>(-2);

struct cluster_settings {
  std::uint64_t seed = 0;
  /// That begin with the cluster, as does a master. Nothing: all nodes are added, the master first.
  std::optional<std::size_t> workers = 2;
  std::chrono::milliseconds latency_max{2};
  std::chrono::microseconds work_max{1'000}; ///< that a step takes, of each fourth one
  configuration values;                      ///< of the nodes that begin with the cluster
  std::shared_ptr<job_code_provider> code;
  /// Asked before each change of a node to the disk, which it may stop with wait_in_step(); may be empty.
  std::function<simulated_disk::fault(std::size_t node, const simulated_disk::operation&)> on_disk;
  /// Whether the next step of a node, or of its tasks, is one that wait_in_step() can stop: such a step is
  /// slower. Empty: none is.
  std::function<bool(std::size_t node, bool is_task)> may_stop;
  /// Told what happens to nodes; may be empty.
  std::function<void(const std::string&)> note;
  /// Told each step; may be empty.
  std::function<void(const std::string&)> trace;
  /// Told each change of the disk before it happens, or fails, and which life of a node asks for it; may be
  /// empty.
  std::function<void(const simulated_disk::operation&, std::size_t)> changes;
};

/// A master and some workers in one process and one thread. Time is virtual, the seed says which actor
/// handles its next message, network and disk are simulated: so a run is a function of its seed.
///
/// All nodes see one disk; each has the folder /local/<host> for itself.
///
/// The nodes are started by the same functions as in weir-node. A node is an address; each of its lives is a
/// process: a crash freezes the actors of the present one for ever (nothing of them runs, not even an exit
/// handler), and a restart begins another.
class simulated_cluster {
public:
  explicit simulated_cluster(const cluster_settings& settings);
  ~simulated_cluster();
  simulated_cluster(const simulated_cluster&) = delete;
  simulated_cluster& operator=(const simulated_cluster&) = delete;

  static constexpr std::size_t master_node = 0; ///< workers follow

  /// Starts a further node, the first one as master. Why it does not start; empty: it does.
  std::string add_node(configuration values);

  /// Lets one actor handle one message, or moves time on to the next event.
  void step();

  /// For what runs in a step, as user code or on_disk: others go on until `may_go_on`, which is asked before
  /// each step. Returns at once in a step that cannot stop. False: the simulation is over.
  bool wait_in_step(std::function<bool()> may_go_on);

  [[nodiscard]] time_point now() const;
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  /// Hash over (actor name, virtual time) of all steps so far, and what they did to the disk.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }

  /// Makes time stop there, even if no actor has something to do.
  void wake_at(time_point at) { wake_ups_.insert(at); }

  /// The present master's; nullptr while it is down.
  [[nodiscard]] cluster_gateway* gateway();

  [[nodiscard]] simulated_disk& files() { return files_; }
  [[nodiscard]] std::mt19937_64& random() { return random_; }

  // ---- faults

  /// A connection breaks; each end notices after a while, or not at all.
  void break_a_connection();
  /// The same for one between two workers. False when there is none.
  bool break_a_connection_of_workers();
  void pause(std::size_t node, std::chrono::milliseconds length);
  void crash(std::size_t node);
  /// In the midst of what it does to the disk, once it has done so many operations.
  void crash_at_operation(std::size_t node, std::uint64_t operations);
  /// What was not synced may be lost. The disk lives on, or `all_nodes`: it stops as well.
  void cut_power(std::size_t node, std::uint64_t seed);
  /// The master is taken for dead, and another process takes its address, while it is paused.
  void replace_master(std::chrono::milliseconds length);
  void add_disk_trouble(disk_trouble trouble);
  [[nodiscard]] actors::simulated_network& network() { return *network_; }
  [[nodiscard]] const std::string& host(std::size_t node) const { return nodes_[node].address.host; }
  /// User code of a task that runs just now does not return for so long. False when there is none.
  bool block_a_task(std::chrono::milliseconds length);
  /// Why it does not start; empty: it does.
  std::string restart(std::size_t node);
  /// Asks a node to end. It is down when all of it has ended.
  void stop(std::size_t node);
  /// What a pause of any length ends with.
  void resume(std::size_t node);
  /// Whether the master has taken it in since it started.
  [[nodiscard]] bool has_registered(std::size_t node) const { return lives_[nodes_[node].life].registered; }
  [[nodiscard]] bool is_down(std::size_t node) const { return !lives_[nodes_[node].life].running; }
  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }
  /// Whose step runs now; nothing: nobody's.
  [[nodiscard]] std::optional<std::size_t> present_node() const;

  /// Not empty: a worker began a session under a task of an earlier one (protocol-control, W1).
  [[nodiscard]] const std::string& violation() const { return violation_; }

  /// Whether an earlier master or a paused worker may still do something.
  [[nodiscard]] bool has_paused() const;

private:
  struct testing_config : caf::actor_system_config {
    testing_config();
  };

  struct life {
    std::size_t node = 0;
    bool running = true;
    bool is_ending = false;                       ///< it crashes with the end of this step
    std::optional<std::uint64_t> operations_left; ///< until it crashes
    std::optional<time_point> paused_until;
    std::vector<caf::resumable*> held; ///< jobs of frozen actors
    std::set<caf::actor_id> alive;     ///< actors that have begun and not ended
    std::set<caf::actor_id> tasks;     ///< of these
    bool registered = false;
    bool is_stopping = false; ///< it ends with its last actor
    std::unique_ptr<simulated_platform> environment;
    actors::connector network;
    std::unique_ptr<actors::master> master;
    std::unique_ptr<actors::worker> worker;
  };

  struct node {
    node_address address;
    configuration values;
    std::size_t life = 0;
  };

  /// A step that has stopped in its midst.
  struct waiting_step {
    std::size_t life = 0;
    std::function<bool()> may_go_on;
    step_threads::stopped_step step = nullptr;
  };

  template <class Action>
  void as(std::size_t life, Action action);
  void enter(std::size_t life);
  void leave();
  void run_step(std::size_t life, bool is_task, std::function<void()> step);
  void go_on(std::size_t waiting);
  void end_if_stopped(std::size_t life);
  void hold_frozen_jobs();
  void run(caf::resumable* job);
  void run_job_of(std::size_t life);
  [[nodiscard]] bool may_run(const life& of) const { return of.running && !of.paused_until; }
  void mix(std::string_view text);
  void mix(std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001b3; }
  void crash_life(std::size_t which);
  simulated_disk::fault on_operation(const simulated_disk::operation& now);
  void note(const std::string& what) const;
  void release_held_jobs();
  void advance();
  [[nodiscard]] std::optional<std::chrono::milliseconds> draw_notice();
  bool break_one_of(const std::vector<actors::simulated_network::link_ends>& links);
  [[nodiscard]] std::size_t life_of(caf::resumable* job) const;

  cluster_settings settings_;
  std::mt19937_64 random_;
  simulated_disk files_;
  testing_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::shared_ptr<actors::simulated_network> network_;
  std::vector<node> nodes_;
  std::deque<life> lives_;
  std::size_t current_life_;
  step_threads threads_;
  std::vector<waiting_step> waiting_;
  std::function<bool()> stops_until_; ///< of the step that has just stopped
  std::vector<disk_trouble> troubles_;
  bool is_over_ = false;
  std::vector<std::size_t> life_of_actor_;      ///< by actor id
  std::map<caf::actor_id, time_point> blocked_; ///< until when
  std::multiset<time_point> wake_ups_;
  std::string violation_;
  std::uint64_t epoch_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t trace_ = 0xcbf29ce484222325;
};

} // namespace weir::simulation
