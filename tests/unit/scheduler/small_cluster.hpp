#pragma once

#include "scheduler/job_manager_core.hpp"
#include "scheduler/resource_manager_core.hpp"
#include "scheduler/worker_core.hpp"
#include "small_jobs.hpp"
#include "small_storage.hpp"
#include "small_task.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace weir {

/// A master and its workers made of their cores alone, with a mailbox for each actor of the master and a
/// connection for each worker. Every step is drawn from a seed: which message comes next, how a task goes on,
/// what breaks.
///
/// The tasks of a job with checkpoints are small_tasks, and its storage outlives the master: a new one goes
/// on with the job. Other jobs end with their master, and their tasks do nothing but end.
class small_cluster {
public:
  using mailbox = std::deque<std::function<void()>>;
  static constexpr std::uint64_t records_of_source = 4;

  small_cluster(std::uint64_t seed, std::size_t workers, std::size_t slots, int faults);

  void submit(const job_id& id, std::shared_ptr<const job_graph> graph, const job_settings& settings = {});

  /// Takes steps, with faults while there are some left, then heals everything and lets all of it come to
  /// rest. Returns what is wrong; empty: nothing.
  std::string run(int steps);

  std::size_t jobs_finished = 0;
  std::size_t jobs_failed = 0;
  std::size_t jobs_canceled = 0;
  std::size_t restarts = 0;
  std::size_t checkpoints_completed = 0;
  std::size_t files_swept = 0;

private:
  enum class task_phase { loading, starting, running, canceling };

  struct running_task {
    task_phase phase = task_phase::loading;
    std::unique_ptr<small_task> body; ///< of a job with checkpoints
  };

  /// data_ended has no place in control_message yet, but must keep its place among the others.
  using to_master_message = std::variant<control_message, data_ended>;

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
    std::deque<to_master_message> to_master;
    std::deque<control_message> to_worker;
    std::map<attempt_id, running_task> tasks;
  };

  struct job {
    std::shared_ptr<const job_graph> graph;
    job_settings settings;
    std::unique_ptr<job_manager_core> core; ///< nullptr: it had ended when the master began
    small_storage storage;
    std::deque<job_action> store_work;
    checkpoint_id highest_triggered = 0;
    std::set<attempt_id> deployed;
    std::map<subtask_place, attempt_id> present;
    mailbox box;
    mailbox late_box; ///< losses of sessions: they may come after what later sessions say
    bool bound = true;
    bool storing = false; ///< its end
    bool ending = false;  ///< its end is being stored, or is
    int allocations = 0;
    std::uint32_t need = 0;      ///< as the resource manager knows
    std::set<session_id> losses; ///< that it told and that the job has not handled
  };

  // In small_cluster.cpp.
  std::size_t draw_slowness() { return draw(3) == 0 ? 100 : 1; }
  std::size_t draw(std::size_t below) { return below == 0 ? 0 : random_() % below; }
  bool step();
  bool deliver(mailbox& box);
  void tick(std::chrono::milliseconds by);
  bool worker_step(node& of);
  void start_job(const job_id& id, job& of);
  void tick_if_due(const job_id& id, job& of);
  void from_worker(const incarnation_id& process, const control_message& message);
  void to_worker(const send_to_worker& sending);
  void perform(resource_manager_core::actions actions);
  void perform(const job_id& id, job_manager_core::actions actions);
  void perform(node& of, worker_core::actions actions);

  // In small_cluster_tasks.cpp.
  bool task_step(node& of);
  bool run_body(node& of, const attempt_id& id, small_task& body);
  bool pass_item(small_task& from);
  void end_task(node& of, const attempt_id& id, task_state how, const std::string& cause);
  bool store_step(const job_id& id, job& of);
  std::function<void()> do_store_work(const job_id& id, job& of, const job_action& work);

  // In small_cluster_faults.cpp.
  void fault();
  void start_process(node& of);
  void cut(node& of);
  void notice_loss(node& of, const std::string& reason);
  void restart_master();
  void heal();

  // What must hold at every step, in small_cluster_rules.cpp.
  void complain(const std::string& what) { wrong_ += what + "\n"; }
  void check_grant(const job_id& id, const job& of);
  void check_deployment(const job& of, const deploy& message);
  void check_notice(job& of, const control_message& message);
  void check_start(const node& of, const small_task& body, const std::string& why_not);
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
