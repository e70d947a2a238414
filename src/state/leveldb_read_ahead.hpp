#pragma once

#include "base/platform.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// Reads files in large pieces for a compaction, which takes a block of some kilobytes at a time from several
/// files at once. For one thread.
class leveldb_read_ahead {
public:
  static constexpr std::size_t piece_size = 32 * 1024;
  static constexpr std::size_t pieces = 16;

  /// As readable_file::read_at; `number` is the file's alone for all time.
  result<std::size_t> read_at(readable_file& file, std::uint64_t number, std::uint64_t offset,
                              std::span<char> into);

private:
  struct piece {
    std::uint64_t file = 0;
    std::uint64_t begin = 0;
    std::vector<char> bytes;
  };

  piece& piece_of(std::uint64_t file);

  std::array<piece, pieces> pieces_;
  std::size_t next_ = 0;
};

} // namespace weir
