#pragma once

#include "base/platform.hpp"
#include "scheduler/failure_detector.hpp"
#include "scheduler/slot_pool.hpp"
#include "scheduler/slot_requests.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace weir {

struct resource_settings {
  leader_epoch epoch;
  std::chrono::milliseconds heartbeat_interval{1'000};     ///< heartbeat.interval
  std::chrono::milliseconds heartbeat_timeout{10'000};     ///< heartbeat.timeout
  std::chrono::milliseconds slot_request_timeout{300'000}; ///< slot.request.timeout
  bool spread_evenly = true;                               ///< cluster.evenly-spread-out-slots
};

/// A message for the worker of that incarnation.
struct send_to_worker {
  incarnation_id worker;
  control_message message;
};

/// Where the worker of a session is found; goes to a job before the first slot of that session is allocated
/// for it, so that the job knows it when the offer comes.
struct worker_introduced {
  job_id job;
  session_id session;
  std::string name;
  node_address address;
};

/// The session in which the job had slots is no more. `cause` names the worker. Stays counted for the job
/// until on_loss_handled.
struct session_lost {
  job_id job;
  session_id session;
  std::string cause;
};

/// How many slots the job lacks that nobody can give at present; 0 again when it got them.
struct slots_missing {
  job_id job;
  std::uint32_t missing = 0;
  std::uint32_t needed = 0;
};

/// The job waited too long for slots and must fail.
struct slot_request_failed {
  job_id job;
  std::string cause;
};

/// What a worker says of a job's tasks: information, no decision rests on it.
struct tasks_reported {
  job_id job;
  session_id session;
  std::vector<task_report> tasks;
};

using resource_action = std::variant<send_to_worker, worker_introduced, session_lost, slots_missing,
                                     slot_request_failed, tasks_reported>;

/// Decides who is a worker of this cluster and which job gets its slots (protocol-control, R1 to R7).
///
/// All that a worker holds belongs to one session. There is one present session a worker; a lost one is dead
/// for ever, and a message of it makes the worker start anew. So no list of slots has ever to be reconciled.
///
///     register(E,I,R) ──▶ present ──▶ lost: silence, closed connection, a newer register
///                            │
///               free ◀──▶ given to a job under an allocation
///
/// Not thread-safe. Time comes in as `now`; call on_tick about once a heartbeat interval.
class resource_manager_core {
public:
  using actions = std::vector<resource_action>;

  explicit resource_manager_core(const resource_settings& settings);

  actions on_register(const register_worker& message, time_point now, std::int64_t wall_ms);
  actions on_heartbeat(const heartbeat& message, time_point now, std::int64_t wall_ms);
  actions on_freed(const freed& message, time_point now);

  /// The connection to the process ended.
  actions on_disconnected(const incarnation_id& worker, const std::string& reason, time_point now);

  /// From now on the job wants `count` slots in all, those it has included. `handled`: the session_lost that
  /// it has dealt with; `count` is without the slots of that session. `preferred`: where it would like the
  /// slots that it lacks.
  actions on_need(const job_id& job, std::uint32_t count, const std::optional<session_id>& handled,
                  time_point now, slot_preference preferred = {});

  /// The job's manager ended without having given its slots back, which only a bug can cause: the sessions
  /// that hold something of it are given up.
  actions on_abandoned(const job_id& job, time_point now);

  actions on_tick(time_point now);

  /// The registered workers, by name.
  [[nodiscard]] std::vector<worker_status> workers() const;

private:
  struct worker {
    std::uint64_t highest_registration = 0;
    bool present = false;
    worker_status status; ///< of the last session; `slots` is filled in by workers()
    std::optional<time_point> forget_after;
  };

  [[nodiscard]] bool is_current(const session_id& session) const;
  void lose(worker& lost, const std::string& why, actions& out);
  void allocate_waiting(time_point now, actions& out);
  void forget_lost_workers(time_point now);

  resource_settings settings_;
  failure_detector<session_id> detector_;
  slot_pool pool_;
  slot_requests requests_;
  std::map<incarnation_id, worker> workers_;
};

} // namespace weir
