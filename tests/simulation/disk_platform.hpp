#pragma once

#include "simulation/simulated_disk.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace weir::simulation {

/// The system with a disk in memory. What is given to the executor is done at once, or, when `waits` is set,
/// when the test says so.
class disk_platform final : public platform, executor {
public:
  explicit disk_platform(simulated_disk& disk) : disk_{disk} {}

  bool waits = false;

  void run_waiting() {
    while (!waiting_.empty()) {
      auto job = std::move(waiting_.front());
      waiting_.pop_front();
      job();
    }
  }

  weir::clock& clock() override { return system_->clock(); }
  randomness& random() override { return system_->random(); }
  file_system& files() override { return disk_; }
  weir::executor& executor() override { return *this; }

private:
  void run(std::function<void()> job) override {
    if (waits)
      waiting_.push_back(std::move(job));
    else
      job();
  }

  simulated_disk& disk_;
  std::unique_ptr<platform> system_ = make_system_platform();
  std::deque<std::function<void()>> waiting_;
};

} // namespace weir::simulation
