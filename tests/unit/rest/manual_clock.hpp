#pragma once

#include "base/platform.hpp"

#include <chrono>
#include <cstdint>

namespace weir::testing {

/// Time that stands still until a test moves it.
class manual_clock final : public clock {
public:
  time_point monotonic{};
  std::int64_t wall = 1'700'000'100'000;

  time_point now() override { return monotonic; }
  std::int64_t wall_ms() override { return wall; }

  void advance(std::chrono::milliseconds by) {
    monotonic += by;
    wall += by.count();
  }
};

} // namespace weir::testing
