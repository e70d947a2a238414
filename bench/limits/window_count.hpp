#pragma once

#include "../bench_case.hpp"
#include "../window_workload.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace bench::limits {

/// Counts by key in tumbling windows, record by record: a table per open window, of which there are two,
/// since no record is late by more than a window. The tables are used again.
template <class Table>
run window_count(std::uint64_t records, const timed_stream& stream) {
  static_assert(timed_stream::disorder_ms < window_size_ms);
  std::array<Table, 2> tables;
  run done{.amount = static_cast<double>(records)};
  auto close = [&](std::int64_t window) {
    tables[window & 1].each([&](std::uint64_t key, std::uint64_t count) {
      done.checksum += checksum_of(bench::window_count{key, (window + 1) * window_size_ms, count});
    });
    tables[window & 1].clear();
  };
  std::int64_t oldest = (timed_stream::begin_ms - timed_stream::disorder_ms) / window_size_ms;
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  for (std::uint64_t i = 0; i < records; ++i) {
    timed_key record = stream(i);
    ++tables[record.time_ms / window_size_ms & 1][record.key];
    if (record.time_ms > latest) {
      latest = record.time_ms;
      for (; latest - timed_stream::disorder_ms >= (oldest + 1) * window_size_ms; ++oldest)
        close(oldest);
    }
  }
  close(oldest);
  close(oldest + 1);
  return done;
}

} // namespace bench::limits
