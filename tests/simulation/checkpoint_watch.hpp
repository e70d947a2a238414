#pragma once

#include "simulation/simulated_disk.hpp"
#include "state/checkpoint_folders.hpp"
#include "wire/completed_checkpoint.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace weir::simulation {

/// Looks at the checkpoints of a job from outside, on the disk: ids of completed ones go up over all masters,
/// no two masters use the same id, the files that metadata names are there as long as it is, the newest one
/// stays until the job has ended, and a master that was replaced removes nothing.
class checkpoint_watch {
public:
  checkpoint_watch(simulated_disk& disk, checkpoint_folders folders)
      : disk_{disk}, folders_{std::move(folders)} {}

  /// Told each checkpoint when its metadata is there.
  std::function<void(const completed_checkpoint&)> on_completed = [](const completed_checkpoint&) {};
  /// Whether the end of the job is stored.
  std::function<bool()> has_ended;

  /// Call it before each change of the disk, with the life of a node that asks for it.
  void before(const simulated_disk::operation& change, std::size_t life);
  /// Somebody has seen that the checkpoint is complete.
  void rely_on(checkpoint_id id) { relied_on_ = std::max(relied_on_, id); }

  /// Call it after each step. Returns what is wrong; empty: nothing.
  std::string look();

  [[nodiscard]] const std::set<checkpoint_id>& completed() const { return completed_; }

private:
  std::string look_at_ids(const std::string& folder);
  std::string look_at_completed(checkpoint_id id);
  std::string look_at_removal() const;
  [[nodiscard]] std::string why_it_stays(const std::string& path, std::size_t life);

  simulated_disk& disk_;
  checkpoint_folders folders_;
  std::uint64_t operations_ = 0;
  std::set<checkpoint_id> completed_; ///< ever
  std::map<checkpoint_id, completed_checkpoint> there_;
  std::map<checkpoint_id, leader_epoch> users_; ///< of an id: who let snapshots be written for it
  std::map<std::size_t, leader_epoch> epochs_;  ///< of lives that have led the job
  checkpoint_id relied_on_ = 0;

  /// What somebody is about to remove and may not.
  struct removal {
    std::string path;
    std::string wrong;
  };
  std::optional<removal> removal_;
};

} // namespace weir::simulation
