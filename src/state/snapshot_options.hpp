#pragma once

#include "wire/block_codec.hpp"

#include <cstddef>
#include <cstdint>

namespace weir {

class configuration;

/// How snapshot files are written, and what is read of them.
struct snapshot_options {
  /// state.snapshot.codec
  block_codec codec = block_codec::zstd;
  /// state.snapshot.compression-level: within the limits of block_compressor.
  int compression_level = -5;
  /// state.snapshot.max-entry-size: raw bytes of an entry. A block is cut long before, so that this bounds
  /// what reading one takes.
  std::uint64_t entry_size_max = 256 * 1024 * 1024;
};

/// When the changes behind a full snapshot have become so many that folding them costs less than reading
/// them again and again.
struct snapshot_fold_limits {
  /// state.snapshot.fold.ratio: bytes of all changes, in parts of the full snapshot's.
  double ratio = 0.5;
  /// state.snapshot.fold.length: snapshots of changes.
  std::size_t length = 10;
};

snapshot_options read_snapshot_options(const configuration& values);
snapshot_fold_limits read_snapshot_fold_limits(const configuration& values);

} // namespace weir
