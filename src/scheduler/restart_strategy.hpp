#pragma once

#include "base/platform.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace weir {

class configuration;

/// Decides whether a job that failed is started again, and when.
class restart_strategy {
public:
  virtual ~restart_strategy() = default;

  /// The job failed. How long to wait before its restart; nothing: it is not restarted. What fails while a
  /// restart is under way is a failure of its own when the failure before does not explain it.
  virtual std::optional<std::chrono::milliseconds> on_failure(time_point now) = 0;

  /// "fixed delay of 1 s, at most 3 restarts": for people, and for the message of the failure that is not
  /// followed by a restart.
  [[nodiscard]] virtual std::string describe() const = 0;
};

struct no_restart {};

struct fixed_delay {
  std::uint32_t attempts = 1;
  std::chrono::milliseconds delay{1'000};
};

/// The wait grows with each failure, and is the first one again after a time without failures.
struct exponential_delay {
  std::chrono::milliseconds initial{1'000};
  std::chrono::milliseconds max{60'000};
  double multiplier = 1.5;
  std::chrono::milliseconds reset_after{3'600'000};
  /// Part of the wait by which it is made longer or shorter, so that jobs that failed together do not come
  /// back together.
  double jitter = 0.1;
  std::uint32_t attempts = 0; ///< without such a time in between; 0: any number
};

/// Bears so many failures within any interval.
struct failure_rate {
  std::uint32_t max_failures = 1;
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds delay{1'000};
};

using restart_settings = std::variant<no_restart, fixed_delay, exponential_delay, failure_rate>;

/// `checkpointed`: the job has checkpoints, so that it is restarted where nothing is said.
restart_settings read_restart_settings(const configuration& values, bool checkpointed);

/// `seed`: of what is random, so that the same one gives the same waits.
std::unique_ptr<restart_strategy> make_restart_strategy(const restart_settings& settings, std::uint64_t seed);

} // namespace weir
