#pragma once

#include "base/platform.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
#include <deque>

namespace weir {

/// How fast the counters of a task grow, over the last few seconds.
class rate_window {
public:
  static constexpr std::chrono::seconds length{5};

  /// Call it about once a second. 0 until there are two readings.
  task_rates update(const task_metrics& counters, time_point now) {
    while (readings_.size() > 1 && readings_[1].at + length <= now)
      readings_.pop_front();
    task_rates rates;
    if (!readings_.empty() && readings_.front().at < now) {
      const task_metrics& before = readings_.front().counters;
      double seconds = std::chrono::duration<double>(now - readings_.front().at).count();
      auto rate = [&](std::uint64_t task_metrics::*of) {
        return static_cast<double>(counters.*of - before.*of) / seconds;
      };
      rates = {rate(&task_metrics::records_in),      rate(&task_metrics::records_out),
               rate(&task_metrics::bytes_in),        rate(&task_metrics::bytes_out),
               rate(&task_metrics::busy_ms),         rate(&task_metrics::idle_ms),
               rate(&task_metrics::backpressured_ms)};
    }
    readings_.push_back({now, counters});
    return rates;
  }

private:
  struct reading {
    time_point at;
    task_metrics counters;
  };

  std::deque<reading> readings_;
};

} // namespace weir
