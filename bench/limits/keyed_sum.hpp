#pragma once

#include "../bench_case.hpp"
#include "../workloads.hpp"

#include <cstdint>

namespace bench::limits {

/// Sums by key into a Table, record by record.
template <class Table>
run keyed_sum(std::uint64_t records, std::uint64_t distinct) {
  Table sums;
  for (std::uint64_t i = 0; i < records; ++i) {
    keyed_number record = keyed_record(i, distinct);
    sums[record.key] += record.value;
  }
  run done{static_cast<double>(records), 0};
  sums.each([&](std::uint64_t key, std::uint64_t sum) { done.checksum += sum_checksum(key, sum); });
  return done;
}

} // namespace bench::limits
