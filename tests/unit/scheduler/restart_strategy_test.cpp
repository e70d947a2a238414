#include "scheduler/restart_strategy.hpp"

#include "base/configuration.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace weir;
using namespace std::chrono_literals;

namespace {

/// A strategy at an invented time.
struct restarts {
  explicit restarts(const restart_settings& settings, std::uint64_t seed = 1)
      : strategy{make_restart_strategy(settings, seed)} {}

  /// The wait after a failure that comes `later` than the last one.
  std::optional<std::chrono::milliseconds> fail(std::chrono::milliseconds later) {
    now += later;
    return strategy->on_failure(now);
  }

  std::unique_ptr<restart_strategy> strategy;
  time_point now = time_point{} + 1h;
};

restart_settings configured(const std::map<std::string, std::string>& keys, bool checkpointed = false) {
  configuration values;
  for (const auto& [key, value] : keys)
    REQUIRE(values.set(key, value));
  REQUIRE(values.warnings().empty());
  return read_restart_settings(values, checkpointed);
}

} // namespace

TEST_CASE("without restarts the first failure is the last") {
  CHECK_FALSE(restarts{no_restart{}}.fail(0ms));
}

TEST_CASE("with a fixed delay a job is restarted so many times") {
  restarts job{fixed_delay{.attempts = 2, .delay = 30ms}};
  CHECK(job.fail(0ms) == 30ms);
  CHECK(job.fail(24h) == 30ms);
  CHECK_FALSE(job.fail(24h));
}

TEST_CASE("with exponential delay waits grow to a limit") {
  restarts job{
      exponential_delay{.initial = 100ms, .max = 350ms, .multiplier = 2.0, .reset_after = 1h, .jitter = 0.0}};
  CHECK(job.fail(0ms) == 100ms);
  CHECK(job.fail(1s) == 200ms);
  CHECK(job.fail(1s) == 350ms);
  CHECK(job.fail(1s) == 350ms);
}

TEST_CASE("with exponential delay the wait is the first one again after a time without failures") {
  restarts job{
      exponential_delay{.initial = 100ms, .max = 1s, .multiplier = 2.0, .reset_after = 10s, .jitter = 0.0}};
  job.fail(0ms);
  CHECK(job.fail(10s) == 200ms); // the wait of 100 ms is not part of that time
  CHECK(job.fail(10s + 200ms) == 100ms);
}

TEST_CASE("with exponential delay the waits of different jobs differ by the jitter") {
  exponential_delay settings{.initial = 1s, .max = 1h, .multiplier = 1.0, .reset_after = 1h, .jitter = 0.2};
  std::chrono::milliseconds low = 1h, high = 0ms;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto wait = *restarts{settings, seed}.fail(0ms);
    CHECK(wait == *restarts{settings, seed}.fail(0ms));
    CHECK(wait >= 800ms);
    CHECK(wait <= 1200ms);
    low = std::min(low, wait);
    high = std::max(high, wait);
  }
  CHECK(low < 850ms);
  CHECK(high > 1150ms);
}

TEST_CASE("with exponential delay restarts may be limited, and count anew after a time without failures") {
  restarts job{
      exponential_delay{.initial = 1ms, .max = 1ms, .multiplier = 1.0, .reset_after = 10s, .attempts = 2}};
  CHECK(job.fail(0ms));
  CHECK(job.fail(1s));
  SUBCASE("soon") {
    CHECK_FALSE(job.fail(1s));
  }
  SUBCASE("late") {
    CHECK(job.fail(11s));
  }
}

TEST_CASE("by failure rate a job fails when there are too many failures in any interval") {
  restarts job{failure_rate{.max_failures = 2, .interval = 10s, .delay = 5ms}};
  CHECK(job.fail(0ms) == 5ms);
  CHECK(job.fail(9s) == 5ms);
  CHECK(job.fail(2s) == 5ms); // the first is 11 s ago
  CHECK_FALSE(job.fail(1s));
}

TEST_CASE("a job with checkpoints is restarted with exponential delay where nothing is configured") {
  CHECK(std::holds_alternative<no_restart>(configured({}, false)));
  auto settings = std::get<exponential_delay>(configured({}, true));
  CHECK(settings.initial == 1s);
  CHECK(settings.max == 1min);
  CHECK(settings.multiplier == 1.5);
  CHECK(settings.reset_after == 1h);
  CHECK(settings.jitter == 0.1);
  CHECK(settings.attempts == 0);
  CHECK(std::holds_alternative<no_restart>(configured({{"restart-strategy.type", "none"}}, true)));
}

TEST_CASE("every key of restarts is heeded") {
  auto fixed = std::get<fixed_delay>(configured({{"restart-strategy.type", "fixed-delay"},
                                                 {"restart-strategy.fixed-delay.attempts", "7"},
                                                 {"restart-strategy.fixed-delay.delay", "2 s"}}));
  CHECK(fixed.attempts == 7);
  CHECK(fixed.delay == 2s);
  auto growing = std::get<exponential_delay>(
      configured({{"restart-strategy.type", "exponential-delay"},
                  {"restart-strategy.exponential-delay.initial-backoff", "2 s"},
                  {"restart-strategy.exponential-delay.max-backoff", "3 s"},
                  {"restart-strategy.exponential-delay.backoff-multiplier", "4"},
                  {"restart-strategy.exponential-delay.reset-backoff-threshold", "5 s"},
                  {"restart-strategy.exponential-delay.jitter-factor", "0.5"},
                  {"restart-strategy.exponential-delay.attempts-before-reset-backoff", "6"}}));
  CHECK(growing.initial == 2s);
  CHECK(growing.max == 3s);
  CHECK(growing.multiplier == 4.0);
  CHECK(growing.reset_after == 5s);
  CHECK(growing.jitter == 0.5);
  CHECK(growing.attempts == 6);
  auto rate =
      std::get<failure_rate>(configured({{"restart-strategy.type", "failure-rate"},
                                         {"restart-strategy.failure-rate.max-failures-per-interval", "8"},
                                         {"restart-strategy.failure-rate.failure-rate-interval", "9 s"},
                                         {"restart-strategy.failure-rate.delay", "10 s"}}));
  CHECK(rate.max_failures == 8);
  CHECK(rate.interval == 9s);
  CHECK(rate.delay == 10s);
}
