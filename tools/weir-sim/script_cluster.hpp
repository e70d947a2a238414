#pragma once

#include "cluster.hpp"
#include "node_logs.hpp"
#include "script_jobs.hpp"
#include "simulated_rest.hpp"
#include "simulated_world.hpp"

#include "simulation/checkpoint_watch.hpp"
#include "simulation/simulated_cluster.hpp"

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

namespace weir::simulation {

/// Where scripts find the files of their nodes and jobs.
inline constexpr const char* script_folder = "/scenario";

struct script_cluster_settings {
  std::uint64_t seed = 0;
  /// Nothing but the master removes files of checkpoints, so that each that metadata names must be there.
  bool watches_checkpoints = true;
  bool keeps_logs = false; ///< for log_of()
  /// Told what nodes do of their own accord: they end themselves; may be empty.
  std::function<void(time_point, const std::string&)> note;
  /// Told each step of an actor or executor; may be empty.
  std::function<void(time_point, const std::string&)> trace;
};

/// The cluster of a script as a simulation. Waiting is stepping: whatever a script waits for, the nodes go
/// on. A promise that is broken meanwhile, by nodes or checkpoints, is an exception.
class script_cluster final : public scenario::cluster {
public:
  explicit script_cluster(const script_cluster_settings& settings);

  void set(const std::string& key, std::string value) override;
  void start_master() override;
  void start_workers(unsigned count, unsigned slots) override;
  [[nodiscard]] bool has(unsigned number) const override { return number < cluster_.nodes(); }
  void kill(unsigned number) override;
  void stop(unsigned number) override;
  void pause(unsigned number) override;
  void resume(unsigned number) override;
  void restart(unsigned number) override;
  void set_link(unsigned from, unsigned to, scenario::link_state state) override;
  void heal_all() override;
  void set_disk(unsigned number, const scenario::disk_state& state) override;
  [[nodiscard]] bool disk_holds(unsigned number) const override { return holding_.contains(number); }
  std::string stop_all() override;
  [[nodiscard]] std::string log_of(unsigned number) const override;
  [[nodiscard]] std::uint64_t peak_memory_of(unsigned number) const override;
  result<std::string> run(const scenario::job_request& what) override;
  result<nlohmann::json> ask(const std::string& method, const std::string& path) override;
  file_system& files() override { return cluster_.files(); }
  [[nodiscard]] time_point now() override { return cluster_.now(); }
  void pass_a_moment() override;

  [[nodiscard]] std::uint64_t trace() const { return cluster_.trace(); }
  [[nodiscard]] std::uint64_t steps() const { return cluster_.steps(); }
  /// For user code: see simulated_cluster::wait_in_step().
  bool wait_in_step(std::function<bool()> may_go_on) { return cluster_.wait_in_step(std::move(may_go_on)); }
  /// The same until so much time has passed.
  bool pass_in_step(std::chrono::microseconds time);

private:
  using told = std::function<void(time_point, const std::string&)>;
  /// For the cluster, which does not say the time; empty if `to` is.
  std::function<void(const std::string&)> with_time(const told& to);
  void step();
  [[nodiscard]] configuration configured(const scenario::setting_map& more) const;
  void require_running(unsigned number) const;
  void require_node(unsigned number) const;
  [[nodiscard]] bool may_stop(std::size_t node, bool is_task) const;
  simulated_disk::fault on_disk(std::size_t node, const simulated_disk::operation& operation);
  [[nodiscard]] bool may_have_name(std::size_t node, const std::string& path) const;
  template <class T>
  result<T> answer_within(std::chrono::milliseconds limit,
                          std::function<void(std::function<void(result<T>)>)> question);

  scenario::setting_map settings_;
  bool watches_checkpoints_;
  std::mt19937_64 random_;
  std::shared_ptr<script_jobs> jobs_ = std::make_shared<script_jobs>();
  std::map<std::size_t, scenario::disk_state> disks_; ///< those that are not well
  std::set<std::size_t> holding_;                     ///< disks that hold a file
  std::set<std::pair<unsigned, unsigned>> links_;     ///< that are not well
  bool jobs_wait_ = false;                            ///< one that was run takes its time
  world_scope world_{*this};                          ///< as long as any step runs
  simulated_cluster cluster_;
  simulated_rest rest_{cluster_};
  std::optional<node_logs> logs_;
  std::deque<checkpoint_watch> watches_; ///< of each job
};

} // namespace weir::simulation
