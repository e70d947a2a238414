#pragma once

#include "actors/master.hpp"
#include "actors/simulated_network.hpp"
#include "actors/worker.hpp"
#include "base/configuration.hpp"
#include "simulation/simulated_disk.hpp"
#include "simulation/simulated_platform.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace weir::simulation {

struct cluster_settings {
  std::uint64_t seed = 0;
  std::size_t workers = 2;
  std::chrono::milliseconds latency_max{2};
  configuration values;
  std::shared_ptr<job_code_provider> code;
};

/// A master and some workers in one process and one thread. Time is virtual, the seed says which actor
/// handles its next message, and the network is a simulated one: so a run is a function of its seed.
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

  /// Lets one actor handle one message, or moves time on to the next event.
  void step();

  [[nodiscard]] time_point now() const;
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

  /// Hash over (actor name, virtual time) of all steps so far.
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
  /// User code of a task that runs just now does not return for so long.
  void block_a_task(std::chrono::milliseconds length);
  void restart(std::size_t node);
  [[nodiscard]] bool is_down(std::size_t node) const { return !lives_[nodes_[node].life].running; }
  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }

  /// Not empty: a worker began a session under a task of an earlier one (protocol-control, W1).
  [[nodiscard]] const std::string& violation() const { return violation_; }

private:
  struct testing_config : caf::actor_system_config {
    testing_config();
  };

  struct life {
    std::size_t node = 0;
    bool running = true;
    std::optional<time_point> paused_until;
    std::vector<caf::resumable*> held; ///< jobs of frozen actors
    std::set<caf::actor_id> tasks;     ///< that have begun and not ended
    std::unique_ptr<simulated_platform> environment;
    actors::connector network;
    std::unique_ptr<actors::master> master;
    std::unique_ptr<actors::worker> worker;
  };

  struct node {
    node_address address;
    std::size_t life = 0;
  };

  template <class Action>
  void as(std::size_t life, Action action);
  void hold_frozen_jobs();
  void run(caf::resumable* job);
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
  std::vector<life> lives_;
  std::vector<std::size_t> life_of_actor_;      ///< by actor id
  std::map<caf::actor_id, time_point> blocked_; ///< until when
  std::multiset<time_point> wake_ups_;
  std::string violation_;
  std::uint64_t epoch_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t trace_ = 0xcbf29ce484222325;
};

} // namespace weir::simulation
