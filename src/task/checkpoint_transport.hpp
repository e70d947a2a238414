#pragma once

#include "state/operator_state_cut.hpp"
#include "wire/checkpoint_messages.hpp"
#include "wire/snapshot_messages.hpp"

#include <string>
#include <vector>

namespace weir {

/// The way from a subtask to those who store and coordinate checkpoints. Called from within subtask::run();
/// never expects an answer at once.
class checkpoint_transport {
public:
  virtual ~checkpoint_transport() = default;

  /// Writes what was frozen into a file, elsewhere: subtask::on_snapshot_written follows. One at a time.
  /// `head`: all but the states.
  virtual void write_snapshot(checkpoint_id checkpoint, snapshot_head head,
                              std::vector<operator_state_cut> cuts) = 0;

  /// Nobody will know of the file.
  virtual void discard_snapshot(const snapshot_handle& written) = 0;

  virtual void acknowledge(checkpoint_id checkpoint, const snapshot_handle& state,
                           const checkpoint_timings& timings) = 0;
  virtual void decline(checkpoint_id checkpoint, const std::string& reason) = 0;

  /// The sources are at their end: the subtask waits for a checkpoint that has it.
  virtual void end_data() = 0;
};

} // namespace weir
