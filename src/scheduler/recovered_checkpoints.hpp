#pragma once

#include "scheduler/completed_checkpoints.hpp"
#include "wire/completed_checkpoint.hpp"

#include <optional>
#include <string>
#include <vector>

namespace weir {

/// A completed checkpoint whose metadata cannot be read.
struct unreadable_checkpoint {
  checkpoint_id id = 0;
  std::string path; ///< of its folder
  std::string why;  ///< file, byte, reason

  /// Where it is the newest: what is wrong, and what a person can do.
  [[nodiscard]] std::string advice() const;
};

/// What of a job's checkpoints outlived the master before.
struct recovered_checkpoints {
  checkpoint_id counter = 0;                     ///< as last stored
  std::vector<stored_checkpoint> completed;      ///< oldest first
  std::vector<unreadable_checkpoint> unreadable; ///< oldest first
  /// Where there is none of these: one of another job, or a savepoint, from which this one begins.
  std::optional<stored_checkpoint> external;

  /// Whether the newest completed one is not among those that can be read.
  [[nodiscard]] bool lack_newest() const;
};

} // namespace weir
