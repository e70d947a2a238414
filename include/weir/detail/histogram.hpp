#pragma once

#include <weir/detail/metrics.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

/// Counting of values in buckets whose width follows the value: 16 to each power of two, so that a quantile
/// is within 1/16 of the true one, whatever the unit. Numbers below zero have buckets of their own.
///
///     number   -2048 … -1          0              1 … 2048
///     value    -2^64 … -2^-64   nearly zero   2^-64 … 2^64, what is larger in the last one
namespace weir::detail {

inline constexpr std::int32_t last_bucket = 2048;

/// The bucket of a value that is a number.
inline std::int32_t bucket_of(double value) {
  // The exponent and the first four digits behind the leading one are the upper bits of a double.
  constexpr std::int32_t lowest = (1023 - 64) * 16;
  auto upper = static_cast<std::int32_t>((std::bit_cast<std::uint64_t>(value) >> 48) & 0x7fff);
  std::int32_t bucket = std::clamp(upper - lowest + 1, 0, last_bucket);
  return value < 0 ? -bucket : bucket;
}

/// The middle of a bucket.
inline double bucket_value(std::int32_t bucket) {
  if (bucket == 0)
    return 0;
  std::int32_t at = std::abs(bucket) - 1;
  double value = std::ldexp(1.0 + (at % 16 + 0.5) / 16.0, at / 16 - 64);
  return bucket < 0 ? -value : value;
}

/// Makes room for a bucket.
inline std::uint64_t& bucket_count(histogram_counts& in, std::int32_t bucket) {
  if (in.buckets.empty())
    in.first = bucket;
  if (bucket < in.first) {
    in.buckets.insert(in.buckets.begin(), static_cast<std::size_t>(in.first - bucket), 0);
    in.first = bucket;
  }
  auto index = static_cast<std::size_t>(bucket - in.first);
  if (index >= in.buckets.size())
    in.buckets.resize(index + 1);
  return in.buckets[index];
}

/// Counts a value; what is no number is left out.
inline void add_value(histogram_counts& to, double value) {
  if (std::isnan(value))
    return;
  to.min = to.count == 0 ? value : std::min(to.min, value);
  to.max = to.count == 0 ? value : std::max(to.max, value);
  ++to.count;
  to.sum += value;
  ++bucket_count(to, bucket_of(value));
}

inline void merge(histogram_counts& to, const histogram_counts& from) {
  if (from.count == 0)
    return;
  to.min = to.count == 0 ? from.min : std::min(to.min, from.min);
  to.max = to.count == 0 ? from.max : std::max(to.max, from.max);
  to.count += from.count;
  to.sum += from.sum;
  for (std::size_t i = 0; i < from.buckets.size(); ++i)
    if (from.buckets[i] != 0)
      bucket_count(to, from.first + static_cast<std::int32_t>(i)) += from.buckets[i];
}

/// The value that a share `q` of all values does not exceed; 0 when there are none.
inline double quantile(const histogram_counts& of, double q) {
  auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(of.count)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < of.buckets.size(); ++i) {
    seen += of.buckets[i];
    if (seen >= rank && seen != 0)
      return std::clamp(bucket_value(of.first + static_cast<std::int32_t>(i)), of.min, of.max);
  }
  return of.max;
}

} // namespace weir::detail
