#pragma once

#include "base/platform.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace weir {

/// Where a task's time goes.
class time_account {
public:
  enum class activity : std::uint8_t {
    busy,          ///< it works, or could if it had the thread
    idle,          ///< it waits for input
    backpressured, ///< it waits for the consumers of its output
  };

  void start(time_point now) { since_ = now; }

  /// What the task did since the last call ends now, and `next` begins.
  void enter(activity next, time_point now) {
    spent_[static_cast<std::size_t>(current_)] += now - since_;
    since_ = now;
    current_ = next;
  }

  [[nodiscard]] std::uint64_t spent_ms(activity in, time_point now) const {
    auto spent = spent_[static_cast<std::size_t>(in)];
    if (in == current_)
      spent += now - since_;
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(spent).count());
  }

private:
  std::array<time_point::duration, 3> spent_{};
  time_point since_{};
  activity current_ = activity::idle;
};

} // namespace weir
