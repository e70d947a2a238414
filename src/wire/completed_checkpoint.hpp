#pragma once

#include "base/ids.hpp"
#include "wire/checkpoint_messages.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What a checkpoint's metadata file holds, as plain values.
namespace weir {

enum class checkpoint_kind : std::uint8_t {
  checkpoint,     ///< owned by the job: dropped when enough newer ones are complete
  savepoint,      ///< owned by the user: never dropped, nothing is committed on it
  stop_savepoint, ///< the same, but sinks commit on it and the job ends behind it
};

enum class subtask_progress : std::uint8_t {
  running,
  finished, ///< its task had finished, and so had committed what it had prepared
};

/// One subtask of a completed checkpoint.
struct completed_subtask {
  /// Its files, the full one first, each with the changes since the one before; empty: it had no state.
  std::vector<snapshot_handle> chain;
  /// The chain of one that had finished is that of the checkpoint before: it says that all is done, and where
  /// sources ended.
  subtask_progress progress = subtask_progress::running;
  bool operator==(const completed_subtask&) const = default;
};

struct completed_vertex {
  operator_id id; ///< job_vertex::id
  std::string name;
  std::uint32_t max_parallelism = 1;
  std::vector<operator_id> operators;      ///< of the chain, in the order of job_vertex::operators
  std::vector<completed_subtask> subtasks; ///< as many as its parallelism
  bool operator==(const completed_vertex&) const = default;
};

/// A checkpoint to which every subtask has contributed. It is complete once this is stored: that is the point
/// from which sinks commit.
struct completed_checkpoint {
  job_id job;
  std::string job_name; ///< for people
  checkpoint_id id = 0;
  checkpoint_kind kind = checkpoint_kind::checkpoint;
  std::int64_t triggered_wall_ms = 0;
  std::int64_t completed_wall_ms = 0;     ///< when the last subtask acknowledged
  std::uint64_t written_size = 0;         ///< bytes of the files that are new in this checkpoint
  std::vector<completed_vertex> vertices; ///< in the order of job_graph::vertices
  bool operator==(const completed_checkpoint&) const = default;
};

} // namespace weir
