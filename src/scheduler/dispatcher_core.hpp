#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "scheduler/ended_jobs.hpp"
#include "scheduler/job_store.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace weir {

/// Turn the hold of the job's library into a use by the job; on_claimed says whether it is there.
struct claim_library {
  job_id job;
  std::string hash;
};

/// The job does not use its library any more.
struct release_library {
  job_id job;
  std::string hash;
};

/// on_stored when it has landed.
struct store_record {
  job_record record;
};

struct start_job {
  job_record record;
  bool recovered = false; ///< a master before this one has started it
};

struct cancel_running_job {
  job_id job;
};

/// The end of the job has landed: its manager may finish.
struct confirm_end {
  job_id job;
};

/// For all that wait for the answer to a submission or a cancel of that job.
struct answer_submit {
  job_id job;
  result<void> answer;
};

struct answer_cancel {
  job_id job;
  result<void> answer;
};

/// Of a job that ended under a master before: remove what it left; on_checkpoints_gone when that is done.
struct remove_checkpoints {
  job_id job;
  ended_checkpoints left;
};

struct remove_record {
  job_id job;
};

/// Put the record, which has the same end with less beside it, over the stored one.
struct trim_record {
  job_record record;
};

using dispatch_action =
    std::variant<claim_library, release_library, store_record, start_job, cancel_running_job, confirm_end,
                 answer_submit, answer_cancel, remove_checkpoints, remove_record, trim_record>;

/// Takes jobs in and keeps what is known of them (protocol-control, H3, H5, H6 and choice 5: store first,
/// tell later).
///
///     submit ─▶ claim library ─▶ store ─▶ answer, start ─▶ … ─▶ end ─▶ store ─▶ confirm ─▶ forgotten by
///     ended_jobs
///                                             │
///                                   cancel ─▶ store ─▶ answer, cancel
///
/// The same id is the same job for as long as it is remembered: a submission that comes again is answered and
/// starts nothing. A job is not forgotten before what it left of checkpoints is gone. Not thread-safe.
class dispatcher_core {
public:
  using actions = std::vector<dispatch_action>;

  explicit dispatcher_core(const ended_jobs_limits& limits) : ended_{limits} {}

  /// Before anything else: what a master before this one has stored. Jobs that had not ended go on, and so
  /// does the removal of what others have left.
  actions recover(std::vector<job_record> records, time_point now, std::int64_t wall_ms);

  actions on_submit(job_record submission, std::int64_t wall_ms);
  actions on_claimed(const job_id& job, bool found, std::int64_t wall_ms);
  actions on_stored(const job_id& job, record_state state, time_point now);
  actions on_cancel(const job_id& job);
  /// The job manager asks for its end to be stored, with what is to be removed of its checkpoints then.
  actions on_end(job_details details, std::optional<ended_checkpoints> left = {});
  /// Nothing is left of the ended job's checkpoints that is to go.
  actions on_checkpoints_gone(const job_id& job);
  /// It died instead, by a bug: the job is FAILED.
  actions on_manager_died(const job_id& job, const std::string& cause, std::int64_t wall_ms);
  actions on_tick(time_point now);

  /// The manager of a live job says how it stands.
  void on_changed(const job_summary& summary);

  /// All jobs, the one submitted last first.
  [[nodiscard]] std::vector<job_summary> summaries() const;

  /// Of an ended job; nullptr for one that is not known or lives.
  [[nodiscard]] std::shared_ptr<const job_details> end_of(const job_id& job) const;
  /// Of a job that is listed and has no manager, so not yet or not any more: what the record says. nullptr
  /// for one that is not listed.
  [[nodiscard]] std::shared_ptr<const job_details> outline_of(const job_id& job) const;
  [[nodiscard]] bool knows(const job_id& job) const { return jobs_.contains(job); }

private:
  enum class phase { claiming, storing, recovering, live, ending, ended };

  struct job {
    job_record record;
    phase at = phase::claiming;
    bool cancel_wished = false;
    bool cancel_stored = false;
    bool is_forgotten = false; ///< ended_jobs has given it up
    job_summary summary;
    std::uint64_t order = 0;
  };

  [[nodiscard]] static bool is_listed(const job& which) {
    return which.at != phase::claiming && which.at != phase::storing;
  }
  void request_cancel(job& of, actions& out);
  void forget(const job_id& id, actions& out);
  actions go_on(job& with, bool found, std::int64_t wall_ms);

  std::map<job_id, job> jobs_;
  ended_jobs ended_;
  std::uint64_t submitted_ = 0;
};

} // namespace weir
