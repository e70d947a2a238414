#pragma once

#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace windows_test {

/// The seeds of a randomised test: 20, or as many as `--seeds N` of the test program says.
inline std::uint64_t seed_count = 20;
inline std::uint64_t first_seed = 1;

inline std::vector<std::uint64_t> seeds() {
  std::vector<std::uint64_t> all(seed_count);
  std::iota(all.begin(), all.end(), first_seed);
  return all;
}

} // namespace windows_test
