#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "state/snapshot_options.hpp"
#include "state/snapshot_reader.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// What one subtask had: a full snapshot, then the changes since, oldest first.
using snapshot_chain = std::vector<std::shared_ptr<const snapshot_reader>>;

/// Opens the snapshot file that a checkpoint has at that path, wherever its bytes are read.
using snapshot_opener = std::function<result<std::unique_ptr<readable_file>>(const std::string& path)>;

/// Opens the files of a chain. Refuses files that do not follow each other: each counts its changes from the
/// one before, and all are of the same subtask.
result<snapshot_chain> open_snapshot_chain(file_system& files, std::span<const std::string> paths,
                                           const snapshot_options& options);
result<snapshot_chain> open_snapshot_chain(const snapshot_opener& open, std::span<const std::string> paths,
                                           const snapshot_options& options);

/// Whether a chain whose files have these sizes, oldest first, is to be folded into one full snapshot.
bool should_fold(std::span<const std::uint64_t> sizes, const snapshot_fold_limits& limits);

} // namespace weir
