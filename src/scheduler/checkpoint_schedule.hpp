#pragma once

#include "base/platform.hpp"

#include <algorithm>
#include <chrono>

namespace weir {

/// When the next periodic checkpoint of a job is due: an interval after the last trigger, but not before the
/// minimum pause after the last end. Events carry no time: they count from the tick behind them, so that one
/// is wanted at once.
class checkpoint_schedule {
public:
  checkpoint_schedule(std::chrono::milliseconds interval, std::chrono::milliseconds min_pause)
      : interval_{interval}, min_pause_{min_pause} {}

  /// The first one is due an interval after now.
  void begin() { running_ = begun_ = true; }
  void stop() { running_ = begun_ = false; }
  [[nodiscard]] bool is_running() const { return running_; }

  /// A checkpoint ended, in whatever way.
  void note_end() { ended_ = true; }

  void on_tick(time_point now) {
    if (begun_)
      due_ = now + interval_;
    if (ended_)
      not_before_ = now + min_pause_;
    begun_ = ended_ = false;
  }

  void on_triggered(time_point now) { due_ = now + interval_; }

  /// time_point::min(): a tick is wanted; time_point::max(): not before begin().
  [[nodiscard]] time_point due_at() const {
    if (begun_ || ended_)
      return time_point::min();
    return running_ ? std::max(due_, not_before_) : time_point::max();
  }

private:
  std::chrono::milliseconds interval_;
  std::chrono::milliseconds min_pause_;
  bool running_ = false;
  bool begun_ = false; ///< since the last tick
  bool ended_ = false; ///< since the last tick
  time_point due_{};
  time_point not_before_{};
};

} // namespace weir
