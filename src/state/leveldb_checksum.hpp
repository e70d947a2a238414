#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// CRC-32C, which stands behind each block of LevelDB's table files. The library's own check of it names no
/// file and, as Debian builds it, does not use the processor's instruction.
std::uint32_t crc32c(std::span<const char> bytes);

/// How LevelDB writes a CRC that is stored among what it covers.
constexpr std::uint32_t masked_crc(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

} // namespace weir
