#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "state/operator_state_cut.hpp"
#include "state/snapshot_file_writer.hpp"
#include "state/snapshot_options.hpp"
#include "wire/snapshot_messages.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace weir {

/// What became of writing a snapshot.
struct snapshot_report {
  snapshot_size size;
  std::chrono::nanoseconds encoding{}; ///< reading cuts, compressing, handing bytes to the system
  std::chrono::nanoseconds syncing{};  ///< until they would survive a power cut
};

/// Writes the file of a task's snapshot from the cuts of its operators; `head` says everything but the
/// states. Each cut ends when it is written, and all have ended when this returns. Runs on any one thread,
/// and returns `canceled` soon after `stop` was asked for. After a failure there is no file. `listener` may
/// be empty.
result<snapshot_report> write_snapshot(platform& platform, const std::string& path, snapshot_head head,
                                       std::vector<operator_state_cut> cuts, const snapshot_options& options,
                                       std::stop_token stop = {}, byte_listener listener = {});

} // namespace weir
