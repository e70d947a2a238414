#include "scheduler/ended_jobs.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;

namespace {

struct three_remembered {
  ended_jobs ended{{.max_capacity = 3, .expiration_time = 1h, .results_size = 100}};
  time_point now{};
  void end(std::uint64_t job, std::uint64_t results = 0) { ended.add(job_numbered(job), results, now); }
};

} // namespace

TEST_CASE_FIXTURE(three_remembered, "the oldest job is forgotten when there are too many") {
  for (std::uint64_t job : {5, 4, 3})
    end(job);
  CHECK(ended.sweep(now).forget.empty());
  end(2);
  CHECK(ended.sweep(now).forget == std::vector{job_numbered(5)});
  CHECK(ended.sweep(now).forget.empty());
}

TEST_CASE_FIXTURE(three_remembered, "a job is forgotten when its time has passed, and not before") {
  end(1);
  now += 30min;
  end(2);
  now += 30min - 1ms;
  CHECK(ended.sweep(now).forget.empty());
  now += 1ms;
  CHECK(ended.sweep(now).forget == std::vector{job_numbered(1)});
}

TEST_CASE_FIXTURE(three_remembered, "the oldest results go first when all of them are too large") {
  end(1, 60);
  end(2, 0);
  end(3, 40);
  CHECK(ended.sweep(now).drop_results.empty());
  now += 1h;
  CHECK(ended.sweep(now).forget.size() == 3);
  end(4, 60);
  end(5, 41);
  auto swept = ended.sweep(now);
  CHECK(swept.drop_results == std::vector{job_numbered(4)});
  CHECK(swept.forget.empty());
  CHECK(ended.sweep(now).drop_results.empty());
}

TEST_CASE_FIXTURE(three_remembered, "the results of the newest job stay, whatever their size") {
  end(1, 10);
  end(2, 500);
  CHECK(ended.sweep(now).drop_results == std::vector{job_numbered(1)});
}
