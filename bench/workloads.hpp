#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// What is computed, written once for both sides of a comparison: the job and the hand-written loop call the
/// same functions on the same input.
namespace bench {

/// A bijection that leaves no pattern (the finalizer of splitmix64).
[[gnu::always_inline]] inline std::uint64_t scramble(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// The number `i` of a random sequence.
[[gnu::always_inline]] inline std::uint64_t random_number(std::uint64_t i) {
  return scramble((i + 1) * 0x9e3779b97f4a7c15u);
}

// ---- keyed_sum

struct keyed_number {
  std::uint64_t key;
  std::uint64_t value;
};

/// One of `distinct` keys, by the upper bits of a random number. They are scrambled: dense ones would let a
/// table that hashes numbers to themselves win without having solved anything.
[[gnu::always_inline]] inline std::uint64_t key_below(std::uint64_t distinct, std::uint64_t random) {
  auto rank = static_cast<std::uint64_t>((static_cast<unsigned __int128>(random) * distinct) >> 64);
  return scramble(rank + 0x632be59bd9b4e019u);
}

/// Record `i` of a stream with `distinct` equally frequent keys.
[[gnu::always_inline]] inline keyed_number keyed_record(std::uint64_t i, std::uint64_t distinct) {
  return {key_below(distinct, random_number(i)), i};
}

/// What one (key, sum) pair adds to the checksum; the order of pairs does not matter.
[[gnu::always_inline]] inline std::uint64_t checksum_of(std::uint64_t key, std::uint64_t sum) {
  return scramble(key) * sum;
}

/// The same for keyed_sum. It is not linear, so that adding up how it changes with each record (the state
/// that a function reads, and what it writes) comes to something else when a sum was lost in between.
[[gnu::always_inline]] inline std::uint64_t sum_checksum(std::uint64_t key, std::uint64_t sum) {
  return key * sum * sum;
}

// ---- map_filter_sum

[[gnu::always_inline]] inline std::uint64_t mapped(std::uint64_t x) {
  return (x ^ (x >> 7)) * 3;
}

/// Passes every second number, in an order that no branch predictor learns.
[[gnu::always_inline]] inline bool kept(std::uint64_t x) {
  return (x >> 9 & 1) != 0;
}

// ---- exchange

/// 100 bytes, copied like a number.
struct wide_record {
  std::uint32_t key;
  std::uint32_t number;
  std::array<char, 92> payload;
};
static_assert(sizeof(wide_record) == 100);

inline wide_record wide_record_of(std::uint64_t i) {
  wide_record record{static_cast<std::uint32_t>(random_number(i)), static_cast<std::uint32_t>(i), {}};
  record.payload.fill(static_cast<char>(i));
  return record;
}

inline std::uint64_t checksum_of(const wide_record& record) {
  return record.key + static_cast<std::uint64_t>(static_cast<unsigned char>(record.payload.back()));
}

// ---- word_count: words by weir::for_each_word on both sides

/// What one (word, count) pair adds to the checksum.
inline std::uint64_t checksum_of(std::string_view word, std::uint64_t count) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char c : word)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return scramble(hash) * count;
}

/// Writes lines of ten words each, `bytes` in all, to `path`: 10,000 different words of 2 to 10 letters,
/// whose ranks are log-uniform as in natural text; a tenth with a capital, some followed by a comma or a full
/// stop.
void write_generated_text(const std::string& path, std::uint64_t bytes);

} // namespace bench
