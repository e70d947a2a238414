#pragma once

#include "base/platform.hpp"
#include "simulation/simulated_disk.hpp"

#include <caf/actor_clock.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <utility>

namespace weir::simulation {

/// What one life of one node sees of the world: virtual time, seeded randomness, the shared disk, and an
/// executor whose jobs are run by the cluster, some time after they were given.
class simulated_platform final : public platform, weir::clock, randomness, executor {
public:
  simulated_platform(caf::actor_clock& time, std::uint64_t seed, file_system& files)
      : time_{time}, random_{seed}, files_{files} {}

  weir::clock& clock() override { return *this; }
  randomness& random() override { return *this; }
  file_system& files() override { return files_; }
  weir::executor& executor() override { return *this; }

  /// When the next job may run; nothing: there is none.
  [[nodiscard]] std::optional<time_point> next_job_at() const {
    if (jobs_.empty())
      return std::nullopt;
    return jobs_.front().first;
  }

  /// Requires that there is one.
  void run_next_job() {
    auto job = std::move(jobs_.front().second);
    jobs_.pop_front();
    job();
  }

private:
  time_point now() override { return time_.now(); }
  std::int64_t wall_ms() override {
    auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now().time_since_epoch());
    return 1'700'000'000'000 + since.count();
  }
  std::uint64_t next() override { return random_(); }

  /// Most take less than a millisecond, and some long enough for others to overtake them.
  void run(std::function<void()> job) override {
    auto longest = random_() % 16 == 0 ? 200'000 : 1'000;
    auto at = time_.now() + std::chrono::microseconds{random_() % longest};
    auto behind = std::ranges::find_if(jobs_, [&](const auto& each) { return at < each.first; });
    jobs_.emplace(behind, at, std::move(job));
  }

  caf::actor_clock& time_;
  std::mt19937_64 random_;
  file_system& files_;
  std::deque<std::pair<time_point, std::function<void()>>> jobs_; ///< by when they may run
};

} // namespace weir::simulation
