#pragma once

#include <weir/detail/hash.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// The hashes that a table meets: [low, low + width * 2^48). Those of a contiguous range of key groups, since
/// a key group is a range of the upper 16 bits.
struct hash_range {
  std::uint64_t low = 0;
  std::uint64_t width = 1 << 16;

  /// Of the key groups [first, last].
  static hash_range of_groups(std::uint32_t first, std::uint32_t last, std::uint32_t max_parallelism) {
    auto begin = [&](std::uint64_t group) { return ((group << 16) + max_parallelism - 1) / max_parallelism; };
    std::uint64_t low = begin(first);
    return {low << 48, std::max<std::uint64_t>(1, begin(std::uint64_t{last} + 1) - low)};
  }

  [[nodiscard]] std::uint64_t last() const { return low + (width << 48) - 1; }
  [[nodiscard]] bool contains(std::uint64_t hash) const { return (hash - low) >> 48 < width; }
};

/// Spreads a range of hashes evenly over places, in order: the places of a key group lie together. There are
/// `width` times a power of two of them, so that this is a subtraction and a shift.
class place_map {
public:
  place_map() = default;

  /// At least so many places, and less than twice as many.
  place_map(hash_range range, std::size_t places) : low_{range.low} {
    std::uint64_t last = (range.width << 48) - 1; // of all hashes, when the product wraps to 0
    shift_ = 63;
    while ((last >> shift_) + 1 < places)
      --shift_;
    count_ = (last >> shift_) + 1;
  }

  /// For a hash from outside the range, a number that is not below count().
  [[gnu::always_inline]] std::size_t operator()(std::uint64_t hash) const { return (hash - low_) >> shift_; }
  [[nodiscard]] std::size_t count() const { return count_; }

private:
  std::uint64_t low_ = 0;
  int shift_ = 0;
  std::size_t count_ = 0;
};

} // namespace weir::detail
