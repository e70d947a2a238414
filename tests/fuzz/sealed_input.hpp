#pragma once

#include "wire/sealed_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The bytes of a file. The checksum hides most of a decoder from wrong bytes. So behind an odd first byte
/// comes a message that gets a right one, behind an even one the file as it is.
inline std::vector<char> sealed_input(const weir::sealed_format& format,
                                      std::span<const std::uint8_t> input) {
  if (input.empty())
    return {};
  std::vector<char> bytes(input.begin() + 1, input.end());
  return input[0] % 2 == 1 ? weir::seal(format, bytes) : bytes;
}
