#pragma once

#include "state/snapshot_block.hpp"
#include "state/snapshot_reader.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace weir {

/// Walks blocks of a snapshot file, and reads ahead as far as it will need. Holds the file open. For one
/// thread at a time.
class snapshot_blocks {
public:
  explicit snapshot_blocks(std::shared_ptr<const snapshot_reader> file);

  /// Begins with the blocks of a state in some key groups; may be called again.
  void select(std::uint32_t state, key_group_range groups);

  /// Fills `to` with the next block. False after the last. Compares what it finds with the index, so that
  /// when the last one has come, all entries that the index promised have come. After a failure only select()
  /// may be called.
  result<bool> next(detail::state_block& to);

  /// Where the last block lies in the file.
  [[nodiscard]] std::uint64_t offset() const { return block_offset_; }
  [[nodiscard]] const snapshot_reader& file() const { return *file_; }

private:
  result<void> next_block(const snapshot_run& run, detail::state_block& to);
  result<void> finish_run(const snapshot_run& run);
  /// Bytes of the file, valid until the next call.
  result<std::span<const char>> bytes(std::uint64_t offset, std::uint64_t size);
  [[nodiscard]] std::uint64_t end_of_neighbours() const;

  std::shared_ptr<const snapshot_reader> file_;
  snapshot_block_decoder decoder_;
  std::vector<snapshot_run> runs_;
  std::size_t run_ = 0;
  std::uint64_t offset_ = 0;       ///< of the next block
  std::uint64_t block_offset_ = 0; ///< of the last one
  snapshot_run seen_;              ///< sums of the present run
  std::unique_ptr<char[]> window_;
  std::size_t window_capacity_ = 0;
  std::uint64_t window_begin_ = 0;
  std::uint64_t window_end_ = 0;
};

} // namespace weir
