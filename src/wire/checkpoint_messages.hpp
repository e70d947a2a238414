#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// The messages of checkpoints between the master and its tasks (protocol-checkpoint), as plain values; part
/// of control_message.
namespace weir {

/// Grows by one with each checkpoint of a job and never repeats, also across restarts of the master. 0: none.
using checkpoint_id = std::uint64_t;

/// What one subtask stored for a checkpoint: the snapshot file of all states of its chain.
struct snapshot_handle {
  std::string path;          ///< on storage that all nodes see; empty: the subtask has no state
  std::uint64_t size = 0;    ///< bytes
  checkpoint_id base = 0;    ///< 0: full; else it has the changes since that checkpoint
  std::uint64_t written = 0; ///< bytes of state before compression
  bool operator==(const snapshot_handle&) const = default;
};

/// Where the time of a subtask's part went, in milliseconds.
struct checkpoint_timings {
  std::uint64_t start_delay_ms = 0; ///< from the trigger to the first barrier, by the clocks of two machines
  std::uint64_t alignment_ms = 0;   ///< from the first barrier to the last
  std::uint64_t sync_ms = 0;        ///< the task stood still
  std::uint64_t async_ms = 0;       ///< the file was written while it went on
  bool operator==(const checkpoint_timings&) const = default;
};

/// To each source that has not finished: send a barrier behind what was emitted.
struct trigger_checkpoint {
  session_id session;
  attempt_id attempt;
  checkpoint_id checkpoint = 0;
  checkpoint_id base =
      0; ///< newest completed one, whose files are kept for it; 0: everything is to be written
  std::int64_t triggered_wall_ms = 0;
  bool operator==(const trigger_checkpoint&) const = default;
};

/// To every task: what was stored up to this checkpoint is durable. Sinks commit.
struct checkpoint_completed {
  session_id session;
  attempt_id attempt;
  checkpoint_id checkpoint = 0;
  bool operator==(const checkpoint_completed&) const = default;
};

/// To every task: nothing will come of it.
struct checkpoint_aborted {
  session_id session;
  attempt_id attempt;
  checkpoint_id checkpoint = 0;
  bool operator==(const checkpoint_aborted&) const = default;
};

/// The subtask's part is durable.
struct acknowledge_checkpoint {
  session_id session;
  attempt_id attempt;
  checkpoint_id checkpoint = 0;
  snapshot_handle state;
  checkpoint_timings timings;
  bool operator==(const acknowledge_checkpoint&) const = default;
};

/// The subtask cannot do its part.
struct decline_checkpoint {
  session_id session;
  attempt_id attempt;
  checkpoint_id checkpoint = 0;
  std::string reason;
  bool operator==(const decline_checkpoint&) const = default;
};

/// From a task whose sources have all come to their end: it waits for a checkpoint that has this end. Sent in
/// one line with its acknowledgements.
struct data_ended {
  session_id session;
  attempt_id attempt;
  bool operator==(const data_ended&) const = default;
};

/// How a task takes part in the checkpoints of its job.
struct checkpoint_plan {
  std::string dir; ///< the job's folder is in it, on storage that all nodes see
  bool exactly_once = true;
  bool incremental = false;
  bool local_copies = false; ///< execution.state-recovery.from-local
  bool operator==(const checkpoint_plan&) const = default;
};

/// The state one operator begins with: for each subtask it had, the files of its chain of snapshots, the full
/// one first.
struct restored_operator {
  operator_id of;
  std::vector<std::vector<std::string>> chains;
  bool operator==(const restored_operator&) const = default;
};

/// What a task begins with.
struct restored_state {
  checkpoint_id checkpoint = 0; ///< 0: from nothing
  /// There was a newer complete one, which cannot be read: sinks begin only if they have committed nothing
  /// since this one.
  bool goes_back = false;
  std::vector<restored_operator> operators;
  bool operator==(const restored_state&) const = default;
};

} // namespace weir
