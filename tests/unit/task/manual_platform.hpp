#pragma once

#include "base/platform.hpp"

#include <memory>

namespace weir::testing {

/// The system's files and randomness with a clock that a test moves.
class manual_platform final : public platform {
public:
  void advance(std::chrono::nanoseconds by) { clock_.current += by; }
  void advance_to(time_point at) { clock_.current = std::max(clock_.current, at); }
  [[nodiscard]] time_point now() const { return clock_.current; }

  weir::clock& clock() override { return clock_; }
  randomness& random() override { return system_->random(); }
  file_system& files() override { return system_->files(); }
  weir::executor& executor() override { return system_->executor(); }

private:
  struct manual_clock final : weir::clock {
    time_point now() override { return current; }
    std::int64_t wall_ms() override { return current.time_since_epoch().count() / 1'000'000; }
    time_point current{std::chrono::hours{1}};
  };

  manual_clock clock_;
  std::unique_ptr<platform> system_ = make_system_platform();
};

} // namespace weir::testing
