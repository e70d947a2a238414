#pragma once

#include <weir/detail/operator.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir {

/// Event time of an operator that reads several streams: the least of those that are active. A stream that
/// has ended or is idle holds nothing back; when all are idle, time is that of the furthest, in whatever
/// order they became so. A stream that becomes active again behind that time takes nothing back, but time
/// stands still until it has caught up.
class watermark_minimum {
public:
  explicit watermark_minimum(std::size_t streams) : streams_(streams) {}

  /// The time of a stream went forward; one that goes back is ignored. Returns the new minimum if it went
  /// forward.
  std::optional<detail::event_time> advance(std::size_t stream, detail::event_time time) {
    one& of = streams_[stream];
    if (time <= of.time)
      return std::nullopt;
    bool held_back = of.time <= minimum_;
    of.time = time;
    if (!held_back)
      return std::nullopt;
    return recompute();
  }

  std::optional<detail::event_time> end(std::size_t stream) {
    streams_[stream].idle = false;
    auto reached = advance(stream, detail::max_event_time);
    return reached ? reached : recompute(); // the others may all be idle
  }

  /// Returns the new minimum if it went forward.
  std::optional<detail::event_time> set_idle(std::size_t stream) {
    if (has_ended(stream))
      return std::nullopt;
    streams_[stream].idle = true;
    return recompute();
  }

  void set_active(std::size_t stream) { streams_[stream].idle = false; }

  /// Whether nothing active is left, and not all has ended.
  [[nodiscard]] bool is_idle() const {
    bool some_idle = false;
    for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
      if (!streams_[stream].idle && !has_ended(stream))
        return false;
      some_idle = some_idle || streams_[stream].idle;
    }
    return some_idle;
  }

  /// What was returned last.
  [[nodiscard]] detail::event_time minimum() const { return minimum_; }

private:
  struct one {
    detail::event_time time = detail::min_event_time;
    bool idle = false;
  };

  [[nodiscard]] bool has_ended(std::size_t stream) const {
    return streams_[stream].time == detail::max_event_time;
  }

  std::optional<detail::event_time> recompute() {
    detail::event_time least = detail::max_event_time;
    detail::event_time furthest_idle = detail::min_event_time;
    bool some_active = false, some_idle = false;
    for (const one& each : streams_) {
      if (each.idle) {
        some_idle = true;
        furthest_idle = std::max(furthest_idle, each.time);
      } else {
        some_active = some_active || each.time != detail::max_event_time;
        least = std::min(least, each.time);
      }
    }
    if (!some_active && some_idle)
      least = furthest_idle;
    if (least <= minimum_)
      return std::nullopt;
    minimum_ = least;
    return least;
  }

  std::vector<one> streams_;
  detail::event_time minimum_ = detail::min_event_time;
};

} // namespace weir
