#pragma once

#include "base/result.hpp"
#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

/// What a checkpoint_coordinator wants to be done. All that concerns the store is done in the order in which
/// it was wanted.
namespace weir {

/// Write the job's counter of checkpoints: on_counter_stored when that would survive this master.
struct store_counter {
  job_id job;
  checkpoint_id counter = 0;
};

/// For a task; the session is to be filled in.
struct tell_task {
  attempt_id attempt;
  std::variant<trigger_checkpoint, checkpoint_completed, checkpoint_aborted> message;
};

/// Write the metadata: on_stored once it would survive this master, or on_store_failed.
struct store_checkpoint {
  completed_checkpoint checkpoint;
};

/// Remove the metadata: on_removed once it will not come back, or on_removal_failed. None there is as good.
struct remove_checkpoint {
  job_id job;
  checkpoint_id id = 0;
};

/// Nothing will come of a checkpoint that was triggered: what tasks still write for it is nobody's.
struct abandon_checkpoint {
  job_id job;
  checkpoint_id id = 0;
};

/// Delete snapshot files, at leisure: those that stay for some reason are swept up later.
struct delete_files {
  job_id job;
  std::vector<std::string> paths;
};

/// Delete all snapshot files of the job that were written by attempts before these and are not needed:
/// nobody knows of them.
struct sweep_files {
  job_id job;
  std::vector<attempt_id> present; ///< by vertex and subtask
  std::set<std::string> needed;
};

/// The job has ended. All that it stored for checkpoints is to go, but for the completed ones if they are
/// retained.
struct end_checkpoints {
  job_id job;
  bool retained = false;
};

/// More checkpoints failed than the job bears.
struct checkpoints_failed {
  std::string cause;
};

/// To who asked for a checkpoint: which it became, once it is complete.
struct answer_checkpoint {
  std::uint64_t request = 0;
  result<checkpoint_id> answer;
};

using checkpoint_action =
    std::variant<store_counter, tell_task, store_checkpoint, remove_checkpoint, abandon_checkpoint,
                 delete_files, sweep_files, end_checkpoints, checkpoints_failed, answer_checkpoint>;

} // namespace weir
