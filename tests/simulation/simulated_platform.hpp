#pragma once

#include "base/platform.hpp"
#include "simulation/simulated_disk.hpp"

#include <caf/actor_clock.hpp>

#include <cstdint>
#include <random>

namespace weir::simulation {

/// What one life of one node sees of the world: virtual time, seeded randomness, the shared disk, and an
/// executor that does everything at once.
class simulated_platform final : public platform, weir::clock, randomness, executor {
public:
  simulated_platform(caf::actor_clock& time, std::uint64_t seed, file_system& files)
      : time_{time}, random_{seed}, files_{files} {}

  weir::clock& clock() override { return *this; }
  randomness& random() override { return *this; }
  file_system& files() override { return files_; }
  weir::executor& executor() override { return *this; }

private:
  time_point now() override { return time_.now(); }
  std::int64_t wall_ms() override {
    auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now().time_since_epoch());
    return 1'700'000'000'000 + since.count();
  }
  std::uint64_t next() override { return random_(); }
  void run(std::function<void()> job) override { job(); }

  caf::actor_clock& time_;
  std::mt19937_64 random_;
  file_system& files_;
};

} // namespace weir::simulation
