#include "state/snapshot_options.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"

namespace weir {

snapshot_options read_snapshot_options(const configuration& values) {
  snapshot_options read;
  read.codec = values.get(options::snapshot_codec) == "none" ? block_codec::none : block_codec::zstd;
  read.compression_level = static_cast<int>(values.get(options::snapshot_compression_level));
  read.entry_size_max = values.get(options::snapshot_max_entry_size).bytes;
  return read;
}

snapshot_fold_limits read_snapshot_fold_limits(const configuration& values) {
  return {values.get(options::snapshot_fold_ratio),
          static_cast<std::size_t>(values.get(options::snapshot_fold_length))};
}

} // namespace weir
