#pragma once

#include "base/ids.hpp"

#include <weir/detail/state.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// The messages of a snapshot file: `schemas/state.capnp` says what they mean.
namespace weir {

/// A state of one of the task's operators.
struct snapshot_state {
  operator_id of;
  detail::state_type type;
  bool operator==(const snapshot_state&) const = default;
};

/// Who took the snapshot, and what is in it.
struct snapshot_head {
  job_id job;
  std::string task;
  std::uint32_t subtask = 0;
  std::uint32_t parallelism = 1;
  std::uint64_t number = 0;
  std::uint64_t parent = 0; ///< 0: full
  std::uint32_t max_parallelism = 1;
  std::uint32_t first_key_group = 0;
  std::uint32_t last_key_group = 0;
  std::vector<snapshot_state> states;
  bool operator==(const snapshot_head&) const = default;
};

/// Blocks of one state and one key group that lie behind one another.
struct snapshot_run {
  std::uint32_t state = 0; ///< index into snapshot_head::states
  std::uint32_t key_group = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint32_t blocks = 0;
  std::uint64_t entries = 0;
  std::uint64_t removed = 0;
  std::uint64_t raw_length = 0;
  bool operator==(const snapshot_run&) const = default;
};

} // namespace weir
