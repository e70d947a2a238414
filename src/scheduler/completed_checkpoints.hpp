#pragma once

#include "scheduler/checkpoint_files.hpp"
#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// A completed checkpoint and where it is stored.
struct stored_checkpoint {
  completed_checkpoint checkpoint;
  std::string path; ///< of its folder
};

/// The completed checkpoints of a job, from the newest, which are retained, to those on their way out.
///
///     retained ─ enough newer ones ─▶ superseded ─ its metadata is gone, durably ─▶ its files are released,
///                                                                                   unless a pending one
///                                                                                   may build on them
///
/// In this order, since a crash in between must not leave metadata that names files which are gone.
class completed_checkpoints {
public:
  completed_checkpoints(checkpoint_files& files, std::uint32_t num_retained)
      : files_{files}, num_retained_{num_retained} {}

  /// One that is not this job's, which it begins from: it is neither removed nor built upon.
  void begin_from(stored_checkpoint external);

  void add(stored_checkpoint completed);

  /// There is metadata of one that cannot be read: it is to go.
  void add_unreadable(checkpoint_id id);

  /// Forgets all, and all files.
  void clear();

  /// What the job goes back to; nullptr: its beginning.
  [[nodiscard]] const stored_checkpoint* newest() const;

  /// The newest that may be built upon; nullptr: none.
  [[nodiscard]] const completed_checkpoint* newest_base() const;

  /// One that may have been built upon, superseded ones included; else nullptr.
  [[nodiscard]] const completed_checkpoint* find(checkpoint_id id) const;

  /// The superseded ones whose metadata is to be removed: each once, and again after on_removal_failed.
  std::vector<checkpoint_id> take_superseded();
  void on_removal_failed(checkpoint_id id);
  void on_removed(checkpoint_id id);

  /// Releases the files of superseded ones without metadata that are not `needed(id)` as a base.
  template <class Needed>
  void release_unneeded(Needed needed) {
    std::erase_if(superseded_, [&](const auto& entry) {
      if (entry.second.at != removal::done || needed(entry.first))
        return false;
      files_.release(entry.second.checkpoint);
      return true;
    });
  }

private:
  enum class removal { due, asked, done };

  struct superseded {
    completed_checkpoint checkpoint;
    removal at = removal::due; ///< of its metadata
  };

  checkpoint_files& files_;
  std::uint32_t num_retained_;
  std::optional<stored_checkpoint> external_; ///< until there is an own one
  std::map<checkpoint_id, stored_checkpoint> retained_;
  std::map<checkpoint_id, superseded> superseded_;
};

/// Whether reading some chain takes so much more than what is in it that none is to grow: one has more
/// changes than so many, or all changes together more bytes than so many parts of the full snapshots.
bool has_long_chains(const completed_checkpoint& checkpoint, std::uint32_t length_max, double ratio_max);

} // namespace weir
