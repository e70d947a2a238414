#pragma once

#include "../bench_case.hpp"
#include "../workloads.hpp"

#include <cstdint>

namespace bench::limits {

inline run map_filter_sum(std::uint64_t records) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < records; ++i) {
    std::uint64_t x = mapped(random_number(i));
    if (kept(x))
      sum += x;
  }
  return {static_cast<double>(records), sum};
}

} // namespace bench::limits
