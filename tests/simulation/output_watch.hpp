#pragma once

#include "simulation/simulated_disk.hpp"
#include "wire/completed_checkpoint.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace weir::simulation {

/// Looks at the output of a file sink from outside, on the disk: what is committed was prepared when a
/// checkpoint with it became complete, and the parts of a subtask are committed in their order. Remembers
/// which lines complete checkpoints owe to the output.
class output_watch {
public:
  output_watch(simulated_disk& disk, std::string folder) : disk_{disk}, folder_{std::move(folder)} {}

  /// Call it before each operation on something in the folder, and after the last. Returns what is wrong;
  /// empty: nothing.
  std::string look();

  /// The metadata of a checkpoint is there. `binds`: all that its sinks have prepared by now has to show.
  void on_completed(const completed_checkpoint& checkpoint, bool binds);

  /// Lines that have to show when the job has ended.
  [[nodiscard]] const std::set<std::string>& owed() const { return owed_; }

  /// The newest checkpoint of which something is committed; 0: none yet.
  [[nodiscard]] checkpoint_id newest_committed() const { return newest_committed_; }

private:
  /// A file that an attempt has prepared.
  struct part {
    std::uint32_t subtask = 0;
    std::uint64_t number = 0;
    std::uint64_t attempt = 0;
    auto operator<=>(const part&) const = default;
  };

  using part_name = std::pair<std::uint32_t, std::uint64_t>; ///< subtask and number, as in the committed name

  std::string look_at_committed(const std::string& path, part_name name);
  void look_at_writer(const std::string& path, std::uint64_t attempt, std::set<part>& there);

  simulated_disk& disk_;
  std::string folder_;
  std::map<part, std::string> prepared_; ///< with its content
  std::set<part> uncommitted_;           ///< at the last look
  std::set<part_name> committed_;
  std::map<part_name, std::map<std::string, checkpoint_id>> covered_; ///< contents, by complete checkpoints
  std::set<std::string> owed_;
  checkpoint_id newest_committed_ = 0;
};

} // namespace weir::simulation
