#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "state/snapshot_block.hpp"
#include "state/snapshot_options.hpp"
#include "wire/snapshot_messages.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// How much a snapshot file holds.
struct snapshot_size {
  std::uint64_t stored = 0; ///< bytes of the file
  std::uint64_t raw = 0;    ///< bytes of all columns
  std::uint64_t entries = 0;
  std::uint64_t removed = 0;
  std::uint64_t blocks = 0;
  bool operator==(const snapshot_size&) const = default;
};

/// Hears all bytes of a file, in their order, while they are written.
using byte_listener = std::function<void(std::span<const char>)>;

/// Writes one snapshot file, block by block: under a temporary name until finish(), so that a file of the
/// right name is always whole. Destroyed before, it leaves nothing behind. For one thread at a time.
class snapshot_file_writer {
public:
  static result<std::unique_ptr<snapshot_file_writer>> create(file_system& files, std::string path,
                                                              snapshot_head head,
                                                              const snapshot_options& options,
                                                              byte_listener listener = {});
  ~snapshot_file_writer();
  snapshot_file_writer(const snapshot_file_writer&) = delete;
  snapshot_file_writer& operator=(const snapshot_file_writer&) = delete;

  /// Adds a block of the head's state `state`. The index is smallest when the blocks of a key group come
  /// together, but they may come in any order. After a failure the file is lost.
  result<void> add(std::uint32_t state, const detail::state_block& block);

  /// Writes the index and makes the file survive a power cut, its name included.
  result<snapshot_size> finish();

  /// Where a file is until finish().
  static std::string temporary_path(const std::string& path);

private:
  snapshot_file_writer(file_system& files, std::string path, snapshot_head head,
                       const snapshot_options& options, byte_listener listener);
  result<void> open();
  result<void> flush();
  void note(std::uint32_t state, const detail::state_block& block, std::uint64_t length);

  file_system& files_;
  std::string path_;
  snapshot_head head_;
  snapshot_options options_;
  byte_listener listener_;
  snapshot_block_encoder encoder_;
  std::unique_ptr<writable_file> file_; ///< while there is a temporary file
  detail::raw_bytes buffer_;
  std::uint64_t flushed_ = 0;
  std::vector<snapshot_run> runs_;
};

} // namespace weir
