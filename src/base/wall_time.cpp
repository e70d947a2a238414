#include "base/wall_time.hpp"

#include <algorithm>

namespace weir {

std::int64_t wall_time::at(std::int64_t system_ms, std::int64_t steady_ms) {
  std::int64_t last = last_.load(std::memory_order_relaxed);
  if (system_ms < last) [[unlikely]]
    return behind(system_ms, steady_ms);
  while (system_ms > last && !last_.compare_exchange_weak(last, system_ms, std::memory_order_relaxed))
    continue;
  return system_ms;
}

std::int64_t wall_time::behind(std::int64_t system_ms, std::int64_t steady_ms) {
  std::lock_guard guard{lock_};
  std::int64_t last = last_.load(std::memory_order_relaxed);
  std::int64_t slowed = since_ms_ + (steady_ms - since_steady_ms_) / 2;
  if (slowed < last) { // what went before has ended
    since_ms_ = slowed = last;
    since_steady_ms_ = steady_ms;
  }
  std::int64_t now = std::max(slowed, system_ms);
  while (now > last && !last_.compare_exchange_weak(last, now, std::memory_order_relaxed))
    continue;
  return now;
}

} // namespace weir
