#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace weir {

/// How the bytes of a block are stored. The numbers are part of file formats.
enum class block_codec : std::uint8_t {
  none = 0,
  zstd = 1,
};

/// Compresses blocks with zstd, one after another, with the same memory. For one thread at a time.
class block_compressor {
public:
  /// Negative levels are faster and compress less.
  static constexpr int level_min = -50;
  static constexpr int level_max = 19;

  /// `level` must be within the limits above.
  explicit block_compressor(int level);
  ~block_compressor();
  block_compressor(block_compressor&&) noexcept;
  block_compressor& operator=(block_compressor&&) noexcept;

  /// Writes the compressed bytes to the front of `to` and returns their number; 0 when they do not fit, which
  /// is how to ask for compression that is worth it.
  std::size_t compress(std::span<const char> from, std::span<char> to);

private:
  struct context;
  std::unique_ptr<context> context_;
};

/// The other direction. For one thread at a time.
class block_decompressor {
public:
  block_decompressor();
  ~block_decompressor();
  block_decompressor(block_decompressor&&) noexcept;
  block_decompressor& operator=(block_decompressor&&) noexcept;

  /// Fills `to`, which has the size that the raw bytes must have. Any bytes are allowed; errors are
  /// `corrupt`.
  result<void> decompress(std::span<const char> from, std::span<char> to);

private:
  struct context;
  std::unique_ptr<context> context_;
};

/// No compressed block can hold more bytes than this many times its own: zstd takes 4 bytes for 128 KiB of
/// one value.
inline constexpr std::uint64_t zstd_ratio_max = 1 << 15;

} // namespace weir
