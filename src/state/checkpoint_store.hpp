#pragma once

#include "base/fenced_folder.hpp"
#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "state/checkpoint_folders.hpp"
#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// A checkpoint of which there is metadata.
struct found_checkpoint {
  checkpoint_id id = 0;
  result<completed_checkpoint> content; ///< or why it cannot be read: file, byte, reason
};

/// What a sweep found.
struct swept_files {
  std::uint64_t removed = 0;
  std::vector<std::string> foreign; ///< files that are none of a job's; left alone
};

/// The master's side of the files of one job's checkpoints: what is complete, which ids were used, which
/// files go. Tasks write snapshot files by themselves (checkpoint_writer).
///
///     begin ─▶ settle ─▶ complete ─▶ drop ─▶ remove_files
///         ╰─────────────▶ abandon ─────────▶ remove_files
///
/// Errors are those of fenced_folder: `fenced` if another master leads; `uncertain` if nobody knows what
/// became of a step: then every call fails, and the store is to be opened again, which shows it. Any other
/// error: nothing has changed, and the checkpoint may be aborted.
///
/// All calls block, and only one at a time is allowed.
class checkpoint_store {
public:
  /// Takes the job's folder over from masters of lower epochs. No earlier object of this epoch may be in use.
  static result<std::unique_ptr<checkpoint_store>> open(file_system& files, std::string_view dir,
                                                        const job_id& job, leader_epoch epoch);

  [[nodiscard]] const checkpoint_folders& folders() const { return folders_; }

  /// No checkpoint of the job has ever had this id or a higher one.
  [[nodiscard]] checkpoint_id next_id() const { return next_id_; }

  /// Before anyone hears of the checkpoint: makes its folder, and makes sure that its id does not come again.
  /// Requires at least next_id().
  result<void> begin(checkpoint_id id);

  /// Of a store that was opened again by the same master: goes on with the checkpoints that had begun, and
  /// with the first id that none has had. Ids that were only reserved come next then.
  void resume(std::set<checkpoint_id> under_way, checkpoint_id next_id) {
    under_way_ = std::move(under_way);
    next_id_ = next_id;
  }

  /// To be called while the tasks write: takes two syncs out of the ways of complete() and of the next
  /// begin(). After a failure they do it themselves.
  result<void> settle();

  /// Writes the metadata of a checkpoint that has begun; once it returns the checkpoint is complete, for
  /// ever.
  result<void> complete(const completed_checkpoint& checkpoint);

  /// Nothing will come of a checkpoint that has begun. Its files are for remove_files.
  void abandon(checkpoint_id id);

  /// Removes the metadata of a completed one. Only afterwards may its files go.
  result<void> drop(checkpoint_id id);

  /// Removes snapshot files. Left alone are files that a completed checkpoint names, and those that lie
  /// elsewhere than in the job's folder: they are not the job's. Tries all, returns the first failure.
  result<void> remove_files(std::span<const std::string> paths);

  /// All completed ones, the newest first. What it returns survives a power cut.
  result<std::vector<found_checkpoint>> completed();

  /// Removes the files that nobody will name: of lower epochs, and of checkpoints that are neither complete
  /// nor under way, unless a completed checkpoint or `keep` names them. Does nothing, and says why, while the
  /// metadata of a completed one cannot be read. To be called again now and then, since tasks of an older
  /// epoch may still be writing.
  result<swept_files> sweep(std::span<const std::string> keep);

  enum class end_of_job {
    remove, ///< the checkpoints with everything else
    retain, ///< the completed checkpoints stay, for whoever wants to begin from them
  };

  /// The job has ended, durably. Nothing may be called afterwards, but this again after a failure.
  result<void> end(end_of_job what);

private:
  checkpoint_store(std::unique_ptr<fenced_folder> fence, checkpoint_folders folders);
  result<void> look_around();
  result<void> reserve_below(checkpoint_id id);
  result<void> note(result<void> outcome);
  [[nodiscard]] result<void> usable() const;

  void remember(const completed_checkpoint& checkpoint);
  void forget(checkpoint_id id);
  result<std::vector<checkpoint_id>> ids_with_metadata();
  [[nodiscard]] bool is_removable(const std::string& path) const;
  result<void> remove_if_empty(checkpoint_id id);
  result<void> remove_if_empty(const std::string& folder);
  result<swept_files> sweep_orphans(const std::set<std::string>& keep);
  result<void> sweep_folder(const std::string& folder, std::optional<checkpoint_id> of,
                            const std::set<std::string>& keep, swept_files& swept);
  [[nodiscard]] bool is_orphan(const snapshot_file_name& name) const;
  void note_foreign(const std::string& path, swept_files& swept);
  result<void> remove_completed();
  result<void> remove_bookkeeping();

  file_system& files_;
  std::unique_ptr<fenced_folder> fence_;
  checkpoint_folders folders_;
  checkpoint_id next_id_ = 1;
  checkpoint_id reserved_below_ = 1; ///< durable
  checkpoint_id folders_below_ = 1;  ///< a folder with such an id is this master's, or of one before
  bool names_synced_ = true;         ///< of the folder of the newest checkpoint
  std::set<checkpoint_id> under_way_;
  std::map<checkpoint_id, std::vector<std::string>> completed_files_;
  std::map<std::string, std::uint32_t> named_; ///< by how many completed checkpoints
  std::set<std::string> foreign_;              ///< said already
  std::optional<error> broken_;
};

} // namespace weir
