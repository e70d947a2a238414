#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A file that holds one message:
///
///     file   magic:8 version:4 length:4 message checksum:8
///
/// Numbers are little-endian; the checksum is XXH3 of all before it. So each flipped bit and each end that
/// comes too early is found.
struct sealed_format {
  std::string_view magic; ///< 8 bytes
  std::uint32_t version;
  const char* what; ///< "checkpoint metadata": for errors
};

inline constexpr std::size_t sealed_prefix_size = 16;
inline constexpr std::size_t sealed_checksum_size = 8;

std::vector<char> seal(const sealed_format& format, std::span<const char> message);

/// The message in the bytes of a file, which must be all of it. Errors are `corrupt` and name file and byte.
result<std::span<const char>> unseal(const sealed_format& format, std::span<const char> bytes,
                                     const std::string& path);

/// "the checkpoint metadata <path> is damaged at byte N: <why>"
error damaged(const sealed_format& format, const std::string& path, std::uint64_t at, const std::string& why);

} // namespace weir
