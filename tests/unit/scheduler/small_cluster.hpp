#pragma once

#include "scheduler/job_manager_core.hpp"
#include "scheduler/resource_manager_core.hpp"
#include "scheduler/worker_core.hpp"
#include "small_jobs.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// A master and its workers made of their cores alone, with a mailbox for each actor of the master and a
/// connection for each worker. Every step is drawn from a seed: which message comes next, how a task goes on,
/// what breaks.
class small_cluster {
public:
  using mailbox = std::deque<std::function<void()>>;

  small_cluster(std::uint64_t seed, std::size_t workers, std::size_t slots, int faults);

  void submit(const job_id& id, std::shared_ptr<const job_graph> graph);

  /// Takes steps, with faults while there are some left, then heals everything and lets all of it come to
  /// rest. Returns what is wrong; empty: nothing.
  std::string run(int steps);

  std::size_t jobs_finished = 0;
  std::size_t jobs_failed = 0;
  std::size_t jobs_canceled = 0;

private:
  enum class task_phase { loading, starting, running, canceling };

  struct node {
    std::unique_ptr<worker_core> core;
    incarnation_id process;
    node_address address;
    bool up = false;       ///< as the worker believes
    bool known_up = false; ///< as the master believes
    bool wire = false;     ///< bytes pass
    bool dialling = false;
    bool paused = false;
    std::size_t slowness = 1; ///< one of so many turns of a task gets on
    std::deque<control_message> to_master, to_worker;
    std::map<attempt_id, task_phase> tasks;
  };

  struct job {
    std::unique_ptr<job_manager_core> core;
    mailbox box;
    mailbox late_box; ///< losses of sessions: they may come after what later sessions say
    bool bound = true;
    bool storing = false;
    int allocations = 0;
    std::vector<attempt_id> attempts;
    std::uint32_t need = 0;      ///< as the resource manager knows
    std::set<session_id> losses; ///< that it told and that the job has not handled
  };

  std::size_t draw_slowness() { return draw(3) == 0 ? 100 : 1; }
  std::size_t draw(std::size_t below) { return below == 0 ? 0 : random_() % below; }
  bool step();
  bool deliver(mailbox& box);
  void tick(std::chrono::milliseconds by);
  bool worker_step(node& of);
  bool task_step(node& of);
  void fault();
  void start_process(node& of);
  void cut(node& of);
  void notice_loss(node& of, const std::string& reason);
  void restart_master();
  void heal();

  void from_worker(const incarnation_id& process, const control_message& message);
  void to_worker(const send_to_worker& sending);
  void perform(resource_manager_core::actions actions);
  void perform(const job_id& id, job_manager_core::actions actions);
  void perform(node& of, worker_core::actions actions);

  // What must hold at every step, in small_cluster_rules.cpp.
  void complain(const std::string& what) { wrong_ += what + "\n"; }
  void check_grant(const job_id& id, const job& of);
  void check_end(const job_id& id, const job& of, job_state how);
  void check_session(const node& of);
  [[nodiscard]] bool is_current(const session_id& session) const;
  [[nodiscard]] std::string what_is_not_at_rest() const;

  std::mt19937_64 random_;
  std::size_t slots_;
  std::size_t store_slowness_;
  int faults_;
  time_point now_{};
  leader_epoch epoch_{1};
  std::uint64_t processes_ = 0;
  std::unique_ptr<resource_manager_core> resources_;
  mailbox resources_box_;
  std::map<job_id, job> jobs_;
  std::vector<node> nodes_;
  std::set<attempt_id> finished_; ///< whose task really finished
  std::string wrong_;
};

} // namespace weir
