#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "scheduler/checkpoint_actions.hpp"
#include "scheduler/checkpoint_files.hpp"
#include "scheduler/checkpoint_history.hpp"
#include "scheduler/checkpoint_schedule.hpp"
#include "scheduler/checkpoint_settings.hpp"
#include "scheduler/completed_checkpoints.hpp"
#include "scheduler/execution_graph.hpp"
#include "scheduler/pending_checkpoint.hpp"
#include "scheduler/recovered_checkpoints.hpp"
#include "wire/job_record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Takes the checkpoints of one job (protocol-checkpoint, rule 1.2).
///
///     counter stored ─▶ trigger ─▶ all parts came ─▶ metadata stored ─▶ completed: sinks commit
///                          │                              │
///                          ╰─ timeout, decline, failover  ╰─ failed: removed, so that it never comes back
///                                     ▼                              ▼
///                                  aborted, and the files that came are deleted
///
/// The stored metadata is the point from which a checkpoint counts. While it is being stored nobody knows
/// whether it will: a restart and the end of the job wait for it (is_storing()).
///
/// One id is stored in advance, so that no trigger waits for the disk; a crash leaves it unused.
///
/// With incremental checkpoints parts build on the newest completed one. Chains are bounded: when one has
/// come to its limits, the next checkpoint is written in full by all tasks.
///
/// Not thread-safe. Time comes in by on_tick alone: call it when wake_at() has come, which may be at once.
/// `wall_ms` is for people.
class checkpoint_coordinator {
public:
  using actions = std::vector<checkpoint_action>;

  /// `execution` outlives it.
  checkpoint_coordinator(const job_id& job, const execution_graph& execution,
                         const checkpoint_settings& settings);
  checkpoint_coordinator(const checkpoint_coordinator&) = delete;
  checkpoint_coordinator& operator=(const checkpoint_coordinator&) = delete;

  [[nodiscard]] bool enabled() const { return settings_.enabled(); }

  /// When there was a master before or the job begins from a checkpoint: before anything else, and again
  /// while it is suspended, in place of what was found before. Requires that one can be read, if there are
  /// any: where that is not the newest, attempts go back to it.
  void recover(recovered_checkpoints found);

  /// Those that attempts go back behind, oldest first, until all tasks run: then no sink has committed
  /// anything of them, and they are removed.
  [[nodiscard]] const std::vector<unreadable_checkpoint>& gone_back_behind() const {
    return gone_back_behind_;
  }

  /// What there was cannot be read: until recover() nothing is to be removed, also when the job ends.
  void leave_files() { files_unknown_ = true; }
  /// Also while it is open whether the job can go back.
  [[nodiscard]] bool leaves_files() const { return files_unknown_ || !gone_back_behind_.empty(); }

  // From the job manager.

  /// The first attempts were deployed, or new ones, from the restore point.
  actions on_deployed(std::int64_t wall_ms);
  /// Every task runs or has finished.
  actions on_all_running();
  /// Tasks failed or are to end. All that is under way is aborted, and nothing is triggered before
  /// on_all_running.
  actions suspend(const std::string& why, std::int64_t wall_ms);
  actions on_finished(const attempt_id& attempt, std::int64_t wall_ms);
  /// The sources of the task are at their end: it finishes with the next checkpoint.
  void on_data_ended(const attempt_id& attempt);
  /// What of the checkpoints is to go when the job ends so; to be stored with that end, as this master may
  /// not come to it.
  [[nodiscard]] std::optional<ended_checkpoints> left_by(job_state how) const;
  /// The job's end is stored.
  actions on_end(job_state how);
  /// Somebody wants a checkpoint now. `full`: all of it written.
  actions on_request(std::uint64_t request, bool full);

  // From tasks.

  /// `present`: from the present attempt of the subtask, in its session.
  actions on_acknowledged(const acknowledge_checkpoint& message, bool present, std::int64_t wall_ms);
  /// Of a present attempt.
  actions on_declined(const decline_checkpoint& message, std::int64_t wall_ms);

  // From the store.

  void on_counter_stored(checkpoint_id counter);
  actions on_stored(checkpoint_id id, const std::string& path, std::int64_t wall_ms);
  /// `may_be_there`: whether the metadata would be found again is not known.
  actions on_store_failed(checkpoint_id id, const std::string& why, bool may_be_there, std::int64_t wall_ms);
  actions on_removed(checkpoint_id id, std::int64_t wall_ms);
  void on_removal_failed(checkpoint_id id);

  actions on_tick(time_point now, std::int64_t wall_ms);

  /// When on_tick has something to do; time_point::min(): at once.
  [[nodiscard]] time_point wake_at() const;

  /// Whether it is open what attempts would begin from.
  [[nodiscard]] bool is_storing() const { return storing_.has_value(); }

  /// What attempts that are deployed now begin from; nullptr: from nothing. Requires that it is not open.
  [[nodiscard]] const completed_checkpoint* restore_point() const;

  [[nodiscard]] checkpoint_overview overview() const { return history_.overview(); }

private:
  using pendings = std::map<checkpoint_id, pending_checkpoint>;

  struct storing {
    completed_checkpoint checkpoint;
    std::string failure; ///< not empty: it failed, and what may be there is being removed
  };

  void trigger(time_point now, std::int64_t wall_ms);
  void ask_for(checkpoint_id counter);
  void store_next(std::int64_t wall_ms);
  void complete(const std::string& path, std::int64_t wall_ms);
  void abort(checkpoint_id id, const std::string& why, std::int64_t wall_ms);
  void fail(checkpoint_id id, const std::string& why, std::int64_t wall_ms);
  std::vector<std::uint64_t> forget(checkpoint_id id);
  std::vector<std::uint64_t> subsume_before(checkpoint_id id, std::int64_t wall_ms);
  void discard(const snapshot_handle& file);
  void answer(const std::vector<std::uint64_t>& requests, const result<checkpoint_id>& answer);
  void remove_superseded();
  void delete_unneeded();
  template <class Message>
  void tell_all(checkpoint_id id);
  void sweep();
  [[nodiscard]] bool may_trigger() const;
  [[nodiscard]] bool is_wanted_now() const { return !requests_.empty() || is_final_wanted(); }
  [[nodiscard]] bool is_final_wanted() const;
  [[nodiscard]] checkpoint_id base_of_next() const;
  actions take() { return std::exchange(out_, {}); }

  job_id job_;
  const execution_graph& execution_;
  checkpoint_settings settings_;
  std::set<std::uint32_t> source_vertices_;

  checkpoint_schedule schedule_;
  checkpoint_history history_;
  checkpoint_files files_;
  completed_checkpoints completed_;
  pendings pending_;
  std::optional<storing> storing_;

  checkpoint_id last_ = 0;           ///< the highest id given out
  checkpoint_id counter_asked_ = 0;  ///< ids up to here are given to the store, which tries until it has them
  checkpoint_id counter_stored_ = 0; ///< ids up to here may be given out
  std::vector<std::uint64_t> requests_;
  std::map<attempt_id, checkpoint_id> at_end_; ///< sources: the first checkpoint behind their end
  bool next_is_full_ = false;
  std::uint32_t failures_ = 0;  ///< since the last that was completed
  bool removal_failed_ = false; ///< since the last tick
  std::optional<time_point> remove_again_at_;
  bool sweep_on_deployment_ = false; ///< not the first one
  bool sweep_again_ = false;
  bool files_unknown_ = false; ///< there may be more than completed_ has
  std::vector<unreadable_checkpoint> gone_back_behind_;

  actions out_;
};

} // namespace weir
