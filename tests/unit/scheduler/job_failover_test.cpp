#include "scheduler/job_failover.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;
using verdict = job_failover::verdict;

namespace {

/// "source" x3 feeds "sink" x3, forward: three regions.
struct three_regions {
  explicit three_regions(restart_settings restart = fixed_delay{.attempts = 2, .delay = 100ms},
                         bool by_region = true)
      : failover{*line_of({{"source", 3}, {"sink", 3}}), {restart, by_region}, 1} {}

  job_failover failover;
  time_point now = time_point{} + 1h;

  verdict pass(std::chrono::milliseconds time) {
    now += time;
    return failover.on_tick(now);
  }
};

using places = std::vector<subtask_place>;

} // namespace

TEST_CASE_FIXTURE(three_regions, "a failure restarts its region, after the wait") {
  failover.on_failure({{1, 2}});
  CHECK(failover.affected() == places{{0, 2}, {1, 2}});
  CHECK(failover.wake_at() == time_point::min());
  CHECK(pass(0ms) == verdict::none);
  CHECK(failover.wake_at() == now + 100ms);
  CHECK(pass(99ms) == verdict::none);
  CHECK_FALSE(failover.is_due());
  CHECK(pass(1ms) == verdict::due);
  CHECK(failover.is_due());
  CHECK(pass(1s) == verdict::none);
  CHECK(failover.is_due());
  CHECK(failover.wake_at() == time_point::max());
  failover.clear();
  CHECK_FALSE(failover.is_due());
  CHECK(failover.affected().empty());
}

TEST_CASE_FIXTURE(three_regions, "what fails elsewhere meanwhile is restarted with it, later, and counts") {
  failover.on_failure({{0, 0}});
  pass(0ms);
  CHECK_FALSE(failover.covers({{0, 0}, {0, 1}}));
  pass(60ms);
  failover.on_failure({{0, 1}});
  CHECK(failover.affected() == places{{0, 0}, {0, 1}, {1, 0}, {1, 1}});
  pass(0ms);
  CHECK(failover.wake_at() == now + 100ms);
  failover.on_failure({{0, 2}});
  CHECK(pass(0ms) == verdict::refused);
}

TEST_CASE_FIXTURE(three_regions, "a restart that was due waits again when more fails") {
  failover.on_failure({{0, 0}});
  pass(0ms);
  pass(100ms);
  CHECK(failover.is_due());
  failover.on_failure({{0, 1}});
  CHECK_FALSE(failover.is_due());
  pass(0ms);
  CHECK(pass(100ms) == verdict::due);
}

TEST_CASE_FIXTURE(three_regions, "what fails at once is one failure") {
  for (std::uint32_t s = 0; s < 3; ++s)
    failover.on_failure({{0, s}});
  CHECK(pass(0ms) == verdict::none);
  pass(100ms);
  failover.clear();
  failover.on_failure({{0, 0}});
  CHECK(pass(0ms) == verdict::none);
}

TEST_CASE_FIXTURE(three_regions, "what fails in a region to be restarted is covered") {
  failover.on_failure({{0, 0}});
  CHECK(failover.covers({{1, 0}}));
  CHECK_FALSE(failover.covers({{1, 1}}));
  CHECK_FALSE(failover.covers({}));
}

TEST_CASE_FIXTURE(three_regions, "a failure of the job as a whole restarts all of it") {
  failover.on_failure({});
  CHECK(failover.affected().size() == 6);
  CHECK(failover.covers({}));
}

TEST_CASE("without regions all is restarted after any failure") {
  three_regions job{fixed_delay{}, false};
  job.failover.on_failure({{1, 2}});
  CHECK(job.failover.affected().size() == 6);
}

TEST_CASE("without a strategy nothing is restarted") {
  CHECK_FALSE(three_regions{no_restart{}}.failover.is_possible());
  CHECK(three_regions{}.failover.is_possible());
}
