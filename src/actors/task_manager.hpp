#pragma once

#include "actors/connector.hpp"
#include "actors/library_cache.hpp"
#include "actors/task.hpp"
#include "actors/task_messages.hpp"
#include "base/platform.hpp"
#include "scheduler/worker_core.hpp"
#include "scheduler/worker_peers.hpp"

#include <caf/event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::actors {

struct task_manager_settings {
  worker_settings core;
  std::chrono::milliseconds heartbeat_interval{1'000}; ///< between workers with channels
  subtask_options subtasks;
  library_cache::settings libraries;
  std::shared_ptr<local_copies> copies;
  node_address master;
  std::function<void()> registered; ///< called at the beginning of each session; may be empty
};

/// Leads a worker: registration, slots, deployments and the channels' handshakes. What it decides is in
/// worker_core and worker_peers; this is their mouth and hands.
class task_manager : public caf::event_based_actor {
public:
  task_manager(caf::actor_config& config, platform& environment, task_manager_settings settings,
               connector network, std::shared_ptr<job_code_provider> code, bool detached_tasks,
               std::function<void(const std::string&)> exit_process);

  caf::behavior make_behavior() override;
  const char* name() const override { return "task_manager"; }
  void on_exit() override;

private:
  struct local_task {
    caf::actor actor; ///< empty until the slot has started it
    std::shared_ptr<std::atomic<bool>> canceled;
    std::optional<stop_task> stop; ///< as soon as it is there
    std::uint64_t network_memory = 0;
  };

  struct deployment {
    deploy message;
    std::optional<job_code> code;
  };

  void start();

  // Connections.
  void on(const peer_up& up);
  void on(const peer_down& down);
  void on(const dial_failed& failed);
  void on(received_control& received);
  void from_master(control_message&& message);
  void from_worker(const incarnation_id& peer, control_message&& message);

  // Tasks.
  void on(code_ready& ready);
  void on(const task_started& started);
  void on(task_changed& changed);
  void on(const task_measured& measured);
  void stop(local_task& which, const stop_task& how);

  // Channels.
  void on(const open_wish& wish);
  void on_open(const incarnation_id& from, const open_channel& message);
  void on_answer(const incarnation_id& from, channel_answer answer);

  void tick();
  void tick_later();
  void perform(worker_core::actions actions);
  void perform(worker_peers::actions actions);

  void act(const dial_master& action);
  void act(const drop_master& action);
  void act(const send_to_master& action);
  void act(load_code& action);
  void act(const run_task& action);
  void act(const cancel_task& action);
  void act(const notify_task& action);
  void act(const session_over& action);
  void act(const session_begun& action);
  void act(const forget_job& action);
  void act(const exit_process& action);
  void act(const dial_peer& action);
  void act(const send_to_peer& action);
  void act(const drop_peer& action);
  void act(const peer_lost& action);

  void send_to(const incarnation_id& node, const control_message& message);
  [[nodiscard]] subtask_options options_for(const deployment& of) const;
  [[nodiscard]] std::uint64_t resident_memory();
  [[nodiscard]] time_point now() { return platform_.clock().now(); }

  platform& platform_;
  task_manager_settings settings_;
  connector network_;
  std::function<void(const std::string&)> exit_process_;
  std::shared_ptr<job_code_provider> code_;
  worker_core core_;
  worker_peers peers_;
  std::shared_ptr<task_surroundings> around_;
  std::vector<caf::actor> slots_;
  caf::actor library_cache_;
  std::optional<incarnation_id> master_;
  std::map<attempt_id, deployment> deployments_; ///< whose code is being loaded
  std::map<attempt_id, local_task> tasks_;
  std::shared_ptr<watermark_alignment> alignment_ = std::make_shared<watermark_alignment>();
  std::optional<time_point> tick_at_;
  std::string last_dial_failure_;
};

} // namespace weir::actors
