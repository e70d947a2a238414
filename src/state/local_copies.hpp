#pragma once

#include "base/platform.hpp"
#include "state/local_copy_index.hpp"
#include "state/local_copy_reader.hpp"
#include "state/local_copy_writer.hpp"
#include "state/process_folder.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace weir {

/// The second copies of snapshot files that a worker keeps on disks of its own, so that a task that begins
/// again where it was need not fetch its state (execution.state-recovery.from-local).
///
/// A copy only ever saves time: whoever finds none, or a damaged one, reads the file of the checkpoint. All
/// copies end with this object; their index is in memory, so what another process left is of no use.
///
/// Any thread may call. Files that are not needed any more are removed by the platform's executor.
class local_copies {
public:
  /// Copies are spread over `folders`, which are made with the first one. `environment` outlives this and
  /// all files that were opened, and this outlives its writers.
  local_copies(platform& environment, std::vector<std::string> folders);

  /// Removes what workers that died have left. Blocks.
  void remove_leftovers();

  /// Begins the copy of a snapshot file of the job, which a checkpoint_writer is about to write at
  /// `original`. nullptr when there can be none, which is logged. Blocks.
  std::unique_ptr<local_copy_writer> begin(const job_id& job, const std::string& original);

  /// The snapshot file at `original`: the copy if there is one, else itself. Blocks.
  result<std::unique_ptr<readable_file>> open(const std::string& original,
                                              const std::shared_ptr<restored_files>& count);

  /// Nobody will hear of the file.
  void discard(const std::string& original);

  // What local_copy_index says.
  void on_completed(const job_id& job, checkpoint_id checkpoint);
  void on_aborted(const job_id& job, checkpoint_id checkpoint);
  void on_restored(const job_id& job, checkpoint_id checkpoint);
  void forget(const job_id& job);

private:
  result<std::string> next_folder();
  void remove(local_copy_index::copies copies);

  platform& platform_;
  std::vector<std::string> parents_;
  std::mutex mutex_; // for all below
  std::vector<std::unique_ptr<process_folder>> folders_;
  std::size_t next_folder_ = 0;
  local_copy_index index_;
};

} // namespace weir
