#pragma once

#include "base/platform.hpp"
#include "state/local_copy_index.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace weir {

/// Where what a task began from was read.
struct restored_files {
  std::atomic<std::uint64_t> copies{0};       ///< files that were read from a local copy alone
  std::atomic<std::uint64_t> copied_bytes{0}; ///< read from them
  std::atomic<std::uint64_t> originals{0};    ///< files that were opened in the checkpoint's folder
};

/// Opens a copy as if it were the original. Each piece is compared with what was written before any byte of
/// it is given out; from the first that is damaged or cannot be read, all comes from the original, with a
/// warning. Fails when the copy cannot be opened or has another length. Safe to use from several threads.
/// `files` outlives the file.
result<std::unique_ptr<readable_file>> open_local_copy(file_system& files, local_copy_ptr copy,
                                                       std::shared_ptr<restored_files> count);

} // namespace weir
