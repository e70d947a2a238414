#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// Loads, copies and hashes of short byte strings. Where a size is not known at compile time, a call of
/// memcpy costs more than the copy of a word; two overlapping loads of 8 or 4 bytes do it without reading
/// past the end.
namespace weir::detail {

static_assert(std::endian::native == std::endian::little,
              "encoded records are copied bytewise: little-endian only");

inline std::uint64_t load_8(const char* from) {
  std::uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline std::uint32_t load_4(const char* from) {
  std::uint32_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Copies `size` bytes and nothing around them.
inline void copy_bytes(char* to, const char* from, std::size_t size) {
  if (size > 32) {
    std::memcpy(to, from, size);
  } else if (size > 16) {
    struct block {
      std::uint64_t words[2];
    } first, last;
    std::memcpy(&first, from, 16);
    std::memcpy(&last, from + size - 16, 16);
    std::memcpy(to, &first, 16);
    std::memcpy(to + size - 16, &last, 16);
  } else if (size >= 8) {
    std::uint64_t first = load_8(from), last = load_8(from + size - 8);
    std::memcpy(to, &first, 8);
    std::memcpy(to + size - 8, &last, 8);
  } else if (size >= 4) {
    std::uint32_t first = load_4(from), last = load_4(from + size - 4);
    std::memcpy(to, &first, 4);
    std::memcpy(to + size - 4, &last, 4);
  } else if (size != 0) {
    char first = from[0], middle = from[size / 2], last = from[size - 1];
    to[0] = first;
    to[size / 2] = middle;
    to[size - 1] = last;
  }
}

inline constexpr std::uint64_t hash_seed_1 = 0xa0761d6478bd642full;
inline constexpr std::uint64_t hash_seed_2 = 0xe7037ed1a0b428dbull;

/// The two halves of a 128-bit product, folded.
constexpr std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) {
  auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// A bijection that spreads every input bit over the upper bits.
constexpr std::uint64_t hash_integer(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0x9e3779b97f4a7c15ull;
  x ^= x >> 29;
  return x * 0xbf58476d1ce4e5b9ull;
}

/// The last step of hash_bytes: `a` and `b` are the first and the last bytes of the string, overlapping where
/// it is short.
constexpr std::uint64_t hash_ends(std::uint64_t a, std::uint64_t b, std::uint64_t size) {
  // The size is spread over all bits: as a small number, it would make up for a difference of digits.
  return multiply_fold(a ^ hash_seed_1 ^ size * 0x9e3779b97f4a7c15ull, b ^ hash_seed_2);
}

/// Hash of a byte string, after wyhash. Not for keys that an enemy chooses.
inline std::uint64_t hash_bytes(const char* bytes, std::size_t size) {
  if (size > 16) {
    std::uint64_t state = size;
    const char* at = bytes;
    for (std::size_t left = size; left > 16; left -= 16, at += 16)
      state = multiply_fold(load_8(at) ^ state ^ hash_seed_1, load_8(at + 8) ^ hash_seed_2);
    return hash_ends(load_8(bytes + size - 16) ^ state, load_8(bytes + size - 8), size);
  }
  if (size >= 8)
    return hash_ends(load_8(bytes), load_8(bytes + size - 8), size);
  if (size >= 4)
    return hash_ends(load_4(bytes), load_4(bytes + size - 4), size);
  if (size == 0)
    return hash_ends(0, 0, 0);
  auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(bytes[i])}; };
  return hash_ends(byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1), 0, size);
}

} // namespace weir::detail
