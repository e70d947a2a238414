#include "state/snapshot_transpose.hpp"

#include <cassert>
#include <cstdint>
#include <cstring>

namespace weir {

namespace {

constexpr std::size_t tile = 8;

/// Swaps the parts of `a` that `mask` leaves out with those of `b` that it selects, `shift` bits apart.
void swap_parts(std::uint64_t& a, std::uint64_t& b, int shift, std::uint64_t mask) {
  std::uint64_t difference = ((a >> shift) ^ b) & mask;
  b ^= difference;
  a ^= difference << shift;
}

/// Transposes 8 x 8 bytes in registers: `from` and `to` are the first bytes of rows that lie `from_width` and
/// `to_width` bytes apart.
void transpose_tile(const char* from, std::size_t from_width, char* to, std::size_t to_width) {
  std::uint64_t rows[tile];
  for (std::size_t i = 0; i < tile; ++i)
    std::memcpy(&rows[i], from + i * from_width, tile);
  for (std::size_t i = 0; i < 4; ++i)
    swap_parts(rows[i], rows[i + 4], 32, 0x00000000ffffffffull);
  for (std::size_t i : {0, 1, 4, 5})
    swap_parts(rows[i], rows[i + 2], 16, 0x0000ffff0000ffffull);
  for (std::size_t i : {0, 2, 4, 6})
    swap_parts(rows[i], rows[i + 1], 8, 0x00ff00ff00ff00ffull);
  for (std::size_t i = 0; i < tile; ++i)
    std::memcpy(to + i * to_width, &rows[i], tile);
}

} // namespace

void transpose(std::span<const char> from, std::size_t width, char* to) {
  assert(width != 0 && from.size() % width == 0);
  std::size_t height = from.size() / width;
  std::size_t whole_width = width - width % tile, whole_height = height - height % tile;
  for (std::size_t row = 0; row < whole_height; row += tile)
    for (std::size_t column = 0; column < whole_width; column += tile)
      transpose_tile(&from[row * width + column], width, to + column * height + row, height);
  for (std::size_t row = 0; row < height; ++row)
    for (std::size_t column = row < whole_height ? whole_width : 0; column < width; ++column)
      to[column * height + row] = from[row * width + column];
}

} // namespace weir
