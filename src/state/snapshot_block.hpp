#pragma once

#include "base/result.hpp"
#include "state/snapshot_options.hpp"

#include <weir/detail/raw_bytes.hpp>
#include <weir/detail/state.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

/// The blocks of a snapshot file. Numbers are little-endian.
///
///     block     checksum:8 state:4 key_group:4 entries:4 removed:4
///               keys_raw:4 keys_stored:4 values_raw:4 values_stored:4
///               keys_codec:1 keys_stride:1 values_codec:1 values_stride:1 mark:4
///               keys values
///     checksum  XXH3 of all that follows it
///     mark      "blok"
///     codec     0: raw bytes, 1: zstd
///     stride    0, or the size of the rows that were transposed before they were compressed
///
/// Keys and values are the columns of a state_block. Where all entries of a column have the same size, and a
/// small one, its bytes are transposed: the first byte of each entry, then the second of each, and so on. For
/// numbers this is ten times as fast to compress, and smaller.
namespace weir {

inline constexpr std::size_t snapshot_block_header_size = 48;

/// Entries with more bytes than this, their size included, are not transposed: in them, equal pieces of bytes
/// are more likely than equal bytes at one place.
inline constexpr std::size_t transposed_entry_max = 33;

/// What stands in front of a block.
struct snapshot_block_header {
  struct column {
    std::uint32_t raw = 0;
    std::uint32_t stored = 0;
    block_codec codec = block_codec::none;
    std::uint8_t stride = 0;
  };

  std::uint64_t checksum = 0;
  std::uint32_t state = 0;
  std::uint32_t key_group = 0;
  std::uint32_t entries = 0;
  std::uint32_t removed = 0;
  column keys;
  column values;

  /// Bytes of the block, this header included.
  [[nodiscard]] std::uint64_t size() const {
    return snapshot_block_header_size + std::uint64_t{keys.stored} + values.stored;
  }
  [[nodiscard]] std::uint64_t raw_size() const { return std::uint64_t{keys.raw} + values.raw; }
};

/// Encodes blocks, one after another, with the same memory.
class snapshot_block_encoder {
public:
  explicit snapshot_block_encoder(const snapshot_options& options);

  /// Appends the block to `to`. Requires that its columns are shorter than 4 GiB.
  void encode(std::uint32_t state, const detail::state_block& from, detail::raw_bytes& to);

private:
  snapshot_block_header::column encode_column(std::span<const char> from, detail::raw_bytes& to);

  snapshot_options options_;
  block_compressor compressor_;
  detail::raw_bytes transposed_;
};

/// Decodes blocks, one after another, with the same memory. Any bytes are allowed; errors are `corrupt` and
/// begin with what is wrong.
class snapshot_block_decoder {
public:
  /// `block_size_max`: raw bytes of a block above which it is refused.
  explicit snapshot_block_decoder(std::uint64_t block_size_max) : block_size_max_{block_size_max} {}

  /// Reads the header at the front of `bytes`, which has at least snapshot_block_header_size bytes. Its
  /// numbers are possible together, but not yet known to be right.
  [[nodiscard]] result<snapshot_block_header> header(std::span<const char> bytes) const;

  /// `bytes` is the whole block, of which `header` was read.
  result<void> decode(const snapshot_block_header& header, std::span<const char> bytes,
                      detail::state_block& to);

private:
  result<void> decode_column(const snapshot_block_header::column& column, std::span<const char> from,
                             detail::raw_bytes& to);

  std::uint64_t block_size_max_;
  block_decompressor decompressor_;
  detail::raw_bytes transposed_;
};

} // namespace weir
