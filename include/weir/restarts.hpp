#pragma once

#include <chrono>
#include <cstdint>
#include <variant>

/// When a job that failed is restarted: environment::set_restart_strategy.
namespace weir {

/// Never: its first failure is its end.
struct no_restart {};

/// After the same wait each time.
struct fixed_delay {
  std::uint32_t attempts = 1; ///< restarts; one failure more, and the job fails
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

} // namespace weir
