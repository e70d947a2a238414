#include "dataflow/code_settings.hpp"

#include <weir/environment.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

using namespace weir;
using namespace std::chrono_literals;

namespace {

using settings = std::map<std::string, std::string>;

settings said_by(const environment& job) {
  auto said = settings_of(job.graph());
  REQUIRE(said);
  return *said;
}

settings said_of(const restart_settings& restart) {
  environment job;
  job.set_restart_strategy(restart);
  return said_by(job);
}

} // namespace

TEST_CASE("a job that says nothing of checkpoints and restarts sets nothing") {
  CHECK(said_by(environment{}).empty());
}

TEST_CASE("a job's code can turn its checkpoints on") {
  environment job;
  job.enable_checkpointing(1500ms);
  CHECK(said_by(job) == settings{{"execution.checkpointing.interval", "1500 ms"}});
  CHECK_THROWS_AS(job.enable_checkpointing(0ms), std::invalid_argument);
}

TEST_CASE("a job's code can choose how it is restarted") {
  CHECK(said_of(no_restart{}) == settings{{"restart-strategy.type", "none"}});
  CHECK(said_of(fixed_delay{.attempts = 7, .delay = 20ms}) ==
        settings{{"restart-strategy.type", "fixed-delay"},
                 {"restart-strategy.fixed-delay.attempts", "7"},
                 {"restart-strategy.fixed-delay.delay", "20 ms"}});
  CHECK(said_of(failure_rate{.max_failures = 3, .interval = 2min, .delay = 5s}) ==
        settings{{"restart-strategy.type", "failure-rate"},
                 {"restart-strategy.failure-rate.max-failures-per-interval", "3"},
                 {"restart-strategy.failure-rate.failure-rate-interval", "2 min"},
                 {"restart-strategy.failure-rate.delay", "5 s"}});
  settings exponential =
      said_of(exponential_delay{.initial = 10ms, .max = 1s, .multiplier = 2, .attempts = 9});
  CHECK(exponential["restart-strategy.type"] == "exponential-delay");
  CHECK(exponential["restart-strategy.exponential-delay.initial-backoff"] == "10 ms");
  CHECK(exponential["restart-strategy.exponential-delay.max-backoff"] == "1 s");
  CHECK(exponential["restart-strategy.exponential-delay.backoff-multiplier"] == "2");
  CHECK(exponential["restart-strategy.exponential-delay.reset-backoff-threshold"] == "1 h");
  CHECK(exponential["restart-strategy.exponential-delay.attempts-before-reset-backoff"] == "9");
}

TEST_CASE("a restart strategy that the configuration would refuse is refused in the code") {
  environment job;
  CHECK_THROWS_AS(job.set_restart_strategy(fixed_delay{.delay = -1ms}), std::invalid_argument);
  CHECK_THROWS_AS(job.set_restart_strategy(exponential_delay{.jitter = 1.5}), std::invalid_argument);
  CHECK_THROWS_AS(job.set_restart_strategy(exponential_delay{.initial = 2s, .max = 1s}),
                  std::invalid_argument);
}
