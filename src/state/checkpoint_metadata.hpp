#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <string>

namespace weir {

/// Longest metadata file that is read.
inline constexpr std::uint64_t checkpoint_metadata_size_max = 256 * 1024 * 1024;

/// Reads the checkpoint or savepoint in a folder; `path` is the folder or its `_metadata`. The folder may
/// have been moved since, together with what it needs: of a checkpoint that is the folder of its job.
result<completed_checkpoint> read_checkpoint(file_system& files, const std::string& path);

/// Whether each file of the checkpoint is there and has the size that was noted. Names the first that is not.
result<void> check_snapshot_files(file_system& files, const completed_checkpoint& checkpoint);

} // namespace weir
