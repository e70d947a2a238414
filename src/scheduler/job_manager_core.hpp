#pragma once

#include "scheduler/checkpoint_coordinator.hpp"
#include "scheduler/execution_graph.hpp"
#include "scheduler/job_life.hpp"
#include "scheduler/job_settings.hpp"
#include "scheduler/job_slots.hpp"
#include "scheduler/output_finalizers.hpp"
#include "scheduler/resource_manager_core.hpp"
#include "wire/job_record.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// The job wants `count` slots in all, those that it lacks best at the `preferred` workers. `handled`: a lost
/// session that it has dealt with.
struct slots_needed {
  job_id job;
  std::uint32_t count = 0;
  std::optional<session_id> handled;
  slot_preference preferred = {};
};

/// The job's end is to be stored; on_stored when that has happened. Nobody may see the end before.
struct store_end {
  job_details details;
  std::optional<ended_checkpoints> checkpoints; ///< what is to be removed then
};

/// The job has stored its end and returned its slots.
struct job_done {};

using job_action = std::variant<send_to_worker, slots_needed, store_end, job_done, store_counter,
                                store_checkpoint, remove_checkpoint, abandon_checkpoint, delete_files,
                                sweep_files, end_checkpoints, answer_checkpoint>;

/// Leads one job from its slots to its end (protocol-control, J1 to J8).
///
///     start ─▶ collect slots ─▶ all held: deploy every subtask ─▶ all finished ─────────────╮
///                   │                │      ▲      │                                        ▼
///                   │                ╰─ failure: cancel its region, wait                    │
///                   ╰─ failure or cancel ───┴─▶ cancel the rest ─▶ each ended or lost ─▶ store the end ─▶
///                   free
///
/// A failure that the restart strategy bears ends the attempts of its region only (job_failover). When each
/// of them has ended or is lost, the slots that were lost are there again, the wait is over and it is not
/// open which checkpoint is the newest (checkpoint_coordinator), new attempts begin from that one.
///
/// If that one cannot be read when a master takes over, attempts begin from the one before, and their sinks
/// look whether anything was committed since (protocol-checkpoint, decision 25). When all run, nothing was.
/// If one refuses, all end, and the job is blocked until somebody has put the newest one back or removed it.
///
/// Otherwise the first failure is the job's cause. Slots are returned only after the end is stored, and the
/// need is lowered before the first offer is rejected: else slot after slot would be allocated and rejected
/// for ever. A cancel waits for the outcome of a checkpoint that is being stored, so that tasks hear of it
/// first. Where an attempt with sinks did not end by that cancel, a finalizer ends its output
/// (output_finalizers) before the job's end is stored; it takes any slot of the job, or waits for one.
///
/// Not thread-safe. Time comes in by on_tick alone: call it when wake_at() has come, which may be at once.
/// `wall_ms` is for people: no decision rests on it.
class job_manager_core {
public:
  using actions = std::vector<job_action>;

  /// Requires a graph as compile() makes it and the graph codec lets it in: with vertices, every index in
  /// range.
  job_manager_core(const job_id& id, job_spec spec, std::shared_ptr<const job_graph> graph,
                   const job_settings& settings, std::int64_t wall_ms);

  /// When there was a master before or the job begins from a checkpoint: before start(), or while it
  /// is_blocked(), before go_on().
  void recover(recovered_checkpoints found);

  actions start(std::int64_t wall_ms);

  /// Instead of start(): what the job is to go on from cannot be known. All that it stored stays.
  actions on_recovery_failed(const std::string& why, std::int64_t wall_ms);

  /// What the job is to go on from cannot be known until somebody has done what `why` says: it waits for
  /// recover() and go_on(), and can be canceled.
  void on_recovery_blocked(const std::string& why);

  /// Whether it waits for that, or because it would have to go back behind what sinks have committed.
  [[nodiscard]] bool is_blocked() const;

  /// Behind recover(): begins, or restarts, unless it is still blocked.
  actions go_on(std::int64_t wall_ms);

  actions on_tick(time_point now, std::int64_t wall_ms);

  /// When on_tick has something to do; time_point::min(): at once.
  [[nodiscard]] time_point wake_at() const;

  // From the resource manager.
  void on_introduced(const worker_introduced& message);
  actions on_lost(const session_lost& message, std::int64_t wall_ms);
  void on_missing(const slots_missing& message);
  actions on_request_failed(const slot_request_failed& message, std::int64_t wall_ms);
  void on_reported(const tasks_reported& message);

  // From workers.
  actions on_offer(const offer& message, std::int64_t wall_ms);
  actions on_update(const update& message, std::int64_t wall_ms);
  actions on_allocation_gone(const allocation_gone& message, std::int64_t wall_ms);
  actions on_acknowledged(const acknowledge_checkpoint& message, std::int64_t wall_ms);
  actions on_declined(const decline_checkpoint& message, std::int64_t wall_ms);
  void on_data_ended(const data_ended& message);

  // From the store of checkpoints.
  void on_counter_stored(checkpoint_id counter);
  actions on_checkpoint_stored(checkpoint_id id, const std::string& path, std::int64_t wall_ms);
  /// `may_be_there`: whether the metadata would be found again is not known.
  actions on_checkpoint_store_failed(checkpoint_id id, const std::string& why, bool may_be_there,
                                     std::int64_t wall_ms);
  actions on_checkpoint_removed(checkpoint_id id, std::int64_t wall_ms);
  void on_checkpoint_removal_failed(checkpoint_id id);

  /// The user wants the job to end. When it is about to end anyhow, it waits no more for a slot in which its
  /// output could be ended.
  actions on_cancel(std::int64_t wall_ms);

  /// Somebody wants a checkpoint; answer_checkpoint follows. `full`: everything is to be written.
  actions on_checkpoint_wish(std::uint64_t request, bool full, std::int64_t wall_ms);

  /// The end of store_end is stored.
  actions on_stored();

  [[nodiscard]] const job_summary& summary() const { return life_.summary(); }
  [[nodiscard]] job_details details() const;

private:
  /// What a failure is to the job.
  enum class failure_weight : std::uint8_t {
    none,        ///< nothing failed that still counts
    cause,       ///< it is dealt with from now on
    consequence, ///< of one that is being dealt with
  };

  [[nodiscard]] execution_attempt* present(const attempt_id& id, const session_id& session);
  bool advance(execution_attempt& attempt, task_state to, std::int64_t wall_ms);
  void deploy_all(std::int64_t wall_ms, actions& out);
  void deploy(const std::vector<subtask_place>& places, std::int64_t wall_ms, actions& out);
  void restore_from(const completed_checkpoint* checkpoint, weir::deploy& to) const;
  void tell_need(const std::optional<session_id>& handled, actions& out);
  [[nodiscard]] std::uint32_t wanted() const;
  [[nodiscard]] bool is_collecting() const;
  void settle(std::int64_t wall_ms, actions& out);
  void cancel_attempt(execution_attempt& attempt, std::int64_t wall_ms, actions& out);
  void end_if_over(std::int64_t wall_ms, actions& out);

  // In job_manager_outputs.cpp.
  bool finalize_outputs(actions& out);
  void deploy_finalizer(const subtask_place& place, const slot_grant& slot, actions& out);
  void on_finalized(const output_finalizers::ended& how, std::int64_t wall_ms);
  void lose_finalizers(const std::function<bool(const slot_grant&)>& gone, std::int64_t wall_ms);
  void give_up_outputs(const std::string& why, std::int64_t wall_ms);

  // In job_manager_failures.cpp.
  failure_weight fail_attempts_in(const std::function<bool(const slot_grant&)>& gone,
                                  const std::string& cause, std::int64_t wall_ms, actions& out);
  failure_weight fail(failure_record failure, const std::vector<subtask_place>& where, std::int64_t wall_ms,
                      actions& out);
  failure_weight fail_for_good(failure_record failure, std::int64_t wall_ms, actions& out);
  void log_further(const failure_record& failure) const;
  void refuse_to_go_back(failure_record failure, std::int64_t wall_ms, actions& out);
  void want_slots();
  void decide_restart(time_point now, std::int64_t wall_ms);
  void wait_on(failure_record failure, actions& out);
  void give_back_slots(actions& out);
  void restart_later(failure_record failure, actions& out);
  [[nodiscard]] bool may_restart() const;
  void restart(std::int64_t wall_ms, actions& out);

  // In job_manager_checkpoints.cpp.
  actions after(checkpoint_coordinator::actions wanted, std::int64_t wall_ms);
  void perform(checkpoint_coordinator::actions wanted, std::int64_t wall_ms, actions& out);
  void tell(const tell_task& telling, actions& out);
  void note_running(std::int64_t wall_ms, actions& out);

  job_spec spec_;
  job_settings settings_;
  execution_graph execution_;
  std::shared_ptr<const job_graph> graph_;
  job_slots slots_;
  job_life life_;
  job_failover failover_;
  checkpoint_coordinator checkpoints_;
  output_finalizers finalizers_;
  bool finalizers_lack_slot_ = false;
  std::uint32_t needed_ = 0;  ///< as last told
  slot_preference preferred_; ///< as last told
  std::uint32_t missing_ = 0;
  std::string blocked_by_;         ///< why what it is to go on from is not known
  checkpoint_id refused_ = 0;      ///< sinks refused to go back behind it
  std::optional<job_details> end_; ///< set while it is being stored and after
};

} // namespace weir
