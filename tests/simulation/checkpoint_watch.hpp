#pragma once

#include "simulation/simulated_disk.hpp"
#include "state/checkpoint_folders.hpp"
#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace weir::simulation {

/// Looks at the checkpoints of a job from outside, on the disk: ids of completed ones go up over all masters,
/// no two masters use the same id, and the files that metadata names are there as long as it is.
class checkpoint_watch {
public:
  checkpoint_watch(simulated_disk& disk, checkpoint_folders folders)
      : disk_{disk}, folders_{std::move(folders)} {}

  /// Told each checkpoint when its metadata is there.
  std::function<void(checkpoint_id)> on_completed;

  /// Call it after each step. Returns what is wrong; empty: nothing.
  std::string look();

  [[nodiscard]] const std::set<checkpoint_id>& completed() const { return completed_; }

private:
  std::string look_at_ids(const std::string& folder);
  std::string look_at_completed(checkpoint_id id);

  simulated_disk& disk_;
  checkpoint_folders folders_;
  std::uint64_t operations_ = 0;
  std::set<checkpoint_id> completed_; ///< ever
  std::map<checkpoint_id, completed_checkpoint> there_;
  std::map<checkpoint_id, leader_epoch> users_; ///< of an id: who let snapshots be written for it
};

} // namespace weir::simulation
