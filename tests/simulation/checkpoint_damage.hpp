#pragma once

#include "simulation/simulated_disk.hpp"
#include "state/checkpoint_folders.hpp"

#include <optional>
#include <set>
#include <string>

namespace weir::simulation {

/// The newest complete checkpoint of a job cannot be read for a while, as its metadata has another byte.
class checkpoint_damage {
public:
  checkpoint_damage(simulated_disk& disk, checkpoint_folders folders)
      : disk_{disk}, folders_{std::move(folders)} {}

  /// Requires that it does not last. False: there is no checkpoint.
  bool begin();
  /// It can be read again, if it is still there.
  void end();

  [[nodiscard]] bool lasts() const { return damaged_.has_value(); }

  /// The checkpoints that were damaged so far.
  [[nodiscard]] const std::set<checkpoint_id>& all() const { return all_; }

private:
  struct file {
    std::string path;
    std::string content;
    std::string damaged;
  };

  simulated_disk& disk_;
  checkpoint_folders folders_;
  std::optional<file> damaged_;
  std::set<checkpoint_id> all_;
};

} // namespace weir::simulation
