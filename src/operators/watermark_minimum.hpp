#pragma once

#include <weir/detail/operator.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir {

/// Event time of an operator that reads several streams: the least of theirs. A stream that has ended holds
/// nothing back.
class watermark_minimum {
public:
  explicit watermark_minimum(std::size_t streams) : times_(streams, detail::min_event_time) {}

  /// The time of a stream went forward; one that goes back is ignored. Returns the new minimum if it went
  /// forward.
  std::optional<detail::event_time> advance(std::size_t stream, detail::event_time time) {
    if (time <= times_[stream])
      return std::nullopt;
    bool was_least = times_[stream] == minimum_;
    times_[stream] = time;
    if (!was_least)
      return std::nullopt;
    detail::event_time least = *std::min_element(times_.begin(), times_.end());
    if (least == minimum_)
      return std::nullopt;
    minimum_ = least;
    return least;
  }

  std::optional<detail::event_time> end(std::size_t stream) {
    return advance(stream, detail::max_event_time);
  }

private:
  std::vector<detail::event_time> times_;
  detail::event_time minimum_ = detail::min_event_time;
};

} // namespace weir
