#pragma once

#include "base/platform.hpp"
#include "scheduler/worker_slots.hpp"
#include "wire/control_messages.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

struct worker_settings {
  incarnation_id self;
  node_address data_address;
  std::vector<resource_profile> slots;
  std::uint32_t cpu_cores = 0;
  std::uint64_t physical_memory = 0;
  std::int64_t process_id = 0;
  std::chrono::milliseconds heartbeat_timeout{10'000}; ///< until the master states its own: heartbeat.timeout
  std::chrono::milliseconds cancellation_timeout{30'000}; ///< task.cancellation.timeout
  std::uint64_t measurements_max_size = 256 << 10;        ///< metrics.max-size
  /// How long a job that lost its slots with a session may come back for what is kept here:
  /// slot.request.timeout, the longest time that it waits for slots.
  std::chrono::milliseconds job_return_max{300'000};
  std::chrono::milliseconds retry_initial{200}; ///< between dials, registrations and offers
  std::chrono::milliseconds retry_max{5'000};
};

/// Connect to the master: on_master_up or on_dial_failed follows.
struct dial_master {};

/// End the connection to the master: on_master_down follows.
struct drop_master {
  std::string reason;
};

struct send_to_master {
  control_message message;
};

/// Get the job's library and build its graph: on_loaded or on_load_failed follows.
struct load_code {
  deploy deployment;
};

/// The code is there: start the task. on_task_state follows.
struct run_task {
  attempt_id attempt;
};

/// Make the task end soon. Once for each task.
struct cancel_task {
  attempt_id attempt;
  bool job_ends = false; ///< as in cancel
};

/// To a task: what the coordinator of its job's checkpoints says.
struct notify_task {
  attempt_id attempt;
  std::variant<trigger_checkpoint, checkpoint_completed, checkpoint_aborted> notice;
};

/// All that the worker held is void. The tasks were told to end.
struct session_over {
  session_id session;
  std::string reason;
};

struct session_begun {
  session_id session;
};

/// The job has no slot here, and is not expected to come back for what its tasks kept here.
struct forget_job {
  job_id job;
};

/// A task did not end in time. Its code may do anything, so only the end of the process ends it.
struct exit_process {
  std::string reason;
};

/// What is known of a task when nothing of it runs any more; as in update.
struct task_end {
  std::string cause;
  task_metrics metrics;
  std::vector<task_result> results;
  measurements_ptr measurements;
  bool irreversible = false;
};

using worker_action = std::variant<dial_master, drop_master, send_to_master, load_code, run_task, cancel_task,
                                   notify_task, session_over, session_begun, forget_job, exit_process>;

/// Decides what a worker does (protocol-control, W1 to W10).
///
///     unconnected ──▶ waiting for old tasks ──▶ registering ──▶ registered
///          ▲                    ▲                    │              │
///          ╰── connection lost ─┴────── reset ───────┴──────────────╯
///
/// All it holds belongs to one session (E, I, R). A lost session is never resumed: a reset cancels every
/// task, forgets every slot and counts R up, and the worker registers again with empty hands, but not before
/// the last task of earlier sessions has really ended: its slot would be offered while the task still runs in
/// it.
///
/// Inside a session messages are in order and not lost. So timers only send again or end the session; nothing
/// is freed because of a timer, as the master may be about to use it.
///
/// Not thread-safe. Time comes in as `now`; call on_tick when wake_at() has come.
class worker_core {
public:
  using actions = std::vector<worker_action>;

  explicit worker_core(worker_settings settings);

  actions start(time_point now);

  actions on_master_up(leader_epoch epoch, time_point now);
  actions on_master_down(const std::string& reason, time_point now);
  actions on_dial_failed(time_point now);

  /// A message of the present master.
  actions on_message(const control_message& message, time_point now);

  actions on_loaded(const attempt_id& attempt);
  actions on_load_failed(const attempt_id& attempt, const std::string& cause);

  /// `running`, or how the task ended. An end means that nothing of the task runs any more.
  actions on_task_state(const attempt_id& attempt, task_state state, task_end end = {});

  /// A task's part in a checkpoint is done, or it cannot do it, or its data has ended; the message has all
  /// but the session.
  actions on_checkpoint_answer(acknowledge_checkpoint answer);
  actions on_checkpoint_answer(decline_checkpoint answer);
  actions on_checkpoint_answer(data_ended answer);

  /// For the next heartbeat.
  void on_task_metrics(const attempt_id& attempt, const task_metrics& metrics,
                       const measurements_ptr& measurements = {});
  void on_memory(std::uint64_t resident, std::uint64_t network_used);

  actions on_tick(time_point now);

  /// When on_tick has something to do.
  [[nodiscard]] time_point wake_at() const;

  [[nodiscard]] const session_id& session() const { return session_; }
  [[nodiscard]] bool is_registered() const { return phase_ == phase::registered; }
  [[nodiscard]] const worker_slots& slots() const { return slots_; }

  /// Tasks of earlier sessions that have not ended yet.
  [[nodiscard]] std::size_t leftover_tasks() const { return leftovers_.size(); }

private:
  enum class phase { unconnected, dialling, waiting, registering, registered };

  struct running_attempt {
    task_state state = task_state::deploying; ///< deploying: its code is being loaded
    std::uint32_t slot = 0;
    task_metrics metrics;
    measurements_ptr measurements;
    bool measured_anew = false; ///< the master does not know `measurements`
    std::optional<time_point> cancel_by;
  };

  void on(const registered& message);
  void on(const unknown_session& message);
  void on(const heartbeat_ack&) {}
  void on(const allocate& message);
  void on(const accept& message);
  void on(const reject& message);
  void on(const release& message);
  void on(const deploy& message);
  void on(const cancel& message);
  void on(const trigger_checkpoint& message) { notify(message); }
  void on(const checkpoint_completed& message) { notify(message); }
  void on(const checkpoint_aborted& message) { notify(message); }
  template <class Other>
  void on(const Other&) {} // of the blob protocol, or from a worker: not the core's

  template <class Step>
  actions perform(time_point now, Step step) {
    now_ = std::max(now, now_);
    step();
    return std::exchange(out_, {});
  }

  // In place, since this compiler warns wrongly about a variant that is moved.
  template <class Action>
  void act(Action action) {
    out_.emplace_back(std::in_place_type<Action>, std::move(action));
  }

  template <class Notice>
  void notify(const Notice& message);
  template <class Answer>
  actions tell_answer(Answer answer);
  void tell(control_message message);
  void reset(const std::string& reason);
  void register_if_possible();
  void send_register();
  void send_heartbeat();
  void add_measurements(std::vector<task_report>& tasks);
  void cancel_attempt(const attempt_id& id, running_attempt& attempt, bool job_ends);
  void end_attempt(const attempt_id& id, task_state how, task_end end);
  void free_if_empty(std::uint32_t slot);
  void free_slot(std::uint32_t slot);
  void forget_absent_jobs();
  void check_deadlines();

  worker_settings settings_;
  phase phase_ = phase::unconnected;
  session_id session_;
  bool was_sent_ = false; ///< the session stood in a register message
  worker_slots slots_;
  std::map<attempt_id, running_attempt> attempts_;
  std::map<attempt_id, time_point> leftovers_; ///< of earlier sessions: when they must have ended
  std::map<job_id, time_point> absent_jobs_;   ///< lost their slots with a session: when they are forgotten
  bool exiting_ = false;

  time_point now_{};
  actions out_;
  time_point retry_at_{};
  std::chrono::milliseconds retry_wait_{};
  time_point heard_at_{};
  time_point heartbeat_at_{};
  std::chrono::milliseconds heartbeat_interval_{1'000};
  std::chrono::milliseconds master_timeout_{10'000};
  std::uint64_t resident_memory_ = 0;
  std::uint64_t network_memory_used_ = 0;
  attempt_id last_measured_; ///< of the last heartbeat
};

} // namespace weir
