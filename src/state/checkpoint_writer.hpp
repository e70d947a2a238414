#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "state/checkpoint_folders.hpp"
#include "state/local_copies.hpp"
#include "state/operator_state_cut.hpp"
#include "state/snapshot_options.hpp"
#include "wire/checkpoint_messages.hpp"
#include "wire/snapshot_messages.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace weir {

/// A task's side of the files of checkpoints: writes what was frozen of one attempt. It makes no folder,
/// since one that is gone says that the checkpoint or the job has ended.
///
/// All calls block; for any thread, one call at a time.
class checkpoint_writer {
public:
  struct settings {
    checkpoint_folders folders;
    attempt_id attempt;
    /// Files may be needed by later checkpoints: they go to the folder that all share.
    bool incremental = false;
    snapshot_options snapshot;
    std::shared_ptr<local_copies> copies = nullptr; ///< where a copy of each file is kept; may be nullptr
  };

  /// `environment` must live longer than this.
  checkpoint_writer(platform& environment, settings with);

  /// `head` is all but the states; its parent is the checkpoint that the cuts have the changes since, 0 of
  /// full ones. The file is durable when this returns. Returns `canceled` soon after `stop` was asked for.
  /// After a failure no file is left, unless the disk refuses even that: then it is for a sweep.
  result<snapshot_handle> write(checkpoint_id checkpoint, snapshot_head head,
                                std::vector<operator_state_cut> cuts, std::stop_token stop = {});

  /// Removes a file that this object wrote and nobody will hear of.
  void discard(const snapshot_handle& written);

private:
  std::string new_path(checkpoint_id checkpoint);
  void remove(const std::string& path);

  platform& platform_;
  settings with_;
};

} // namespace weir
