#include "scheduler/slot_requests.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;

namespace {

const job_id old_job = job_numbered(9), young_job = job_numbered(1), third_job = job_numbered(5);

struct waiting_jobs {
  slot_pool pool{epoch_3, true};
  slot_requests requests{5min, 10s};
  time_point now{};

  void advance(std::chrono::milliseconds by) { now += by; }
  void add_worker(std::uint64_t process, std::size_t slots) {
    pool.add(session_of(process), std::vector<resource_profile>(slots));
  }
  void lose_worker(std::uint64_t process) {
    for (auto [job, slots] : pool.remove(session_of(process)))
      requests.add_loss(job, session_of(process), slots);
  }
  void need(job_id job, std::uint32_t count) { requests.set_need(job, count); }

  /// Slots granted to `job` by one round.
  std::size_t granted(job_id job) {
    std::size_t count = 0;
    for (const auto& grant : requests.match(pool, now).grants)
      if (grant.job == job)
        count += grant.slots.size();
    return count;
  }

  std::vector<job_id> overdue() {
    std::vector<job_id> jobs;
    for (const auto& each : requests.overdue(pool, now))
      jobs.push_back(each.job);
    return jobs;
  }
};

} // namespace

TEST_CASE_FIXTURE(waiting_jobs, "a job gets all the slots it lacks or none") {
  add_worker(1, 3);
  need(old_job, 4);
  CHECK(granted(old_job) == 0);
  CHECK(pool.free_slots() == 3);
  add_worker(2, 1);
  CHECK(granted(old_job) == 4);
  CHECK(granted(old_job) == 0);
}

TEST_CASE_FIXTURE(waiting_jobs, "two jobs that need two slots never hold one each") {
  need(old_job, 2);
  need(young_job, 2);
  add_worker(1, 1);
  CHECK(granted(old_job) + granted(young_job) == 0);
  add_worker(2, 1);
  CHECK(granted(old_job) == 2);
}

TEST_CASE_FIXTURE(waiting_jobs, "the oldest job comes first") {
  need(old_job, 1);
  need(young_job, 1);
  add_worker(1, 1);
  requests.match(pool, now);
  CHECK(pool.held_by(old_job) == 1);
  CHECK(pool.held_by(young_job) == 0);
}

TEST_CASE_FIXTURE(waiting_jobs, "a job that fits does not wait behind a bigger one") {
  need(old_job, 5);
  need(young_job, 1);
  add_worker(1, 2);
  CHECK(granted(young_job) == 1);
}

TEST_CASE_FIXTURE(waiting_jobs, "slots of a lost session count as held until the job has heard of it") {
  add_worker(1, 1);
  need(old_job, 1);
  CHECK(granted(old_job) == 1);
  lose_worker(1);
  add_worker(2, 1);
  CHECK(granted(old_job) == 0);
  requests.loss_handled(old_job, session_of(1));
  CHECK(granted(old_job) == 1);
}

TEST_CASE_FIXTURE(waiting_jobs, "a job is told how many slots are missing, once each time it changes") {
  add_worker(1, 1);
  need(old_job, 4);
  auto told = requests.match(pool, now).shortages;
  REQUIRE(told.size() == 1);
  CHECK(told[0].missing == 3);
  CHECK(told[0].needed == 4);
  CHECK(requests.match(pool, now).shortages.empty());
  add_worker(2, 2);
  told = requests.match(pool, now).shortages;
  REQUIRE(told.size() == 1);
  CHECK(told[0].missing == 1);
  add_worker(3, 1);
  told = requests.match(pool, now).shortages;
  REQUIRE(told.size() == 1);
  CHECK(told[0].missing == 0);
}

TEST_CASE_FIXTURE(waiting_jobs, "a job that lacks slots for the whole timeout fails, once") {
  need(old_job, 2);
  granted(old_job);
  advance(5min - 1ms);
  CHECK(overdue().empty());
  advance(1ms);
  CHECK(overdue() == std::vector{old_job});
  advance(1h);
  CHECK(overdue().empty());
  add_worker(1, 2);
  CHECK(granted(old_job) == 0);
}

TEST_CASE_FIXTURE(waiting_jobs, "waiting starts anew after the job had all it needs") {
  need(old_job, 1);
  granted(old_job);
  advance(4min);
  add_worker(1, 1);
  CHECK(granted(old_job) == 1);
  lose_worker(1);
  requests.loss_handled(old_job, session_of(1));
  granted(old_job);
  advance(4min);
  CHECK(overdue().empty());
  advance(1min);
  CHECK(overdue() == std::vector{old_job});
}

TEST_CASE_FIXTURE(waiting_jobs, "of two jobs that hold half of what they need only the youngest fails") {
  add_worker(1, 2);
  add_worker(2, 2);
  need(old_job, 2);
  need(young_job, 2);
  requests.match(pool, now);
  REQUIRE(pool.held_by(old_job) == 2);
  REQUIRE(pool.held_by(young_job) == 2);
  lose_worker(2);
  for (job_id job : {old_job, young_job})
    requests.loss_handled(job, session_of(2));
  requests.match(pool, now);
  REQUIRE(pool.held_by(old_job) == 1);
  REQUIRE(pool.held_by(young_job) == 1);
  advance(5min);
  CHECK(overdue() == std::vector{young_job});

  SUBCASE("and the older one goes on with what it returned") {
    need(young_job, 0);
    for (const slot_status& slot : pool.slots_of(session_of(1)))
      if (slot.job == young_job)
        CHECK(pool.give_back(session_of(1), slot.index, slot.allocation));
    CHECK(granted(old_job) == 1);
    advance(1h);
    CHECK(overdue().empty());
  }
  SUBCASE("and the older one too when nothing came back in time") {
    advance(10s - 1ms);
    CHECK(overdue().empty());
    advance(1ms);
    CHECK(overdue() == std::vector{old_job});
  }
}

TEST_CASE_FIXTURE(waiting_jobs, "a job that failed gets nothing until it has given up what it waited for") {
  add_worker(1, 1);
  need(old_job, 2);
  granted(old_job);
  advance(5min);
  CHECK(overdue() == std::vector{old_job});
  add_worker(2, 1);
  CHECK(granted(old_job) == 0);
  need(old_job, 0);
  CHECK(granted(old_job) == 0);
  need(old_job, 3);
  CHECK(granted(old_job) == 0);
  advance(5min - 1ms);
  CHECK(overdue().empty());
  add_worker(3, 1);
  CHECK(granted(old_job) == 3);
}

TEST_CASE_FIXTURE(waiting_jobs, "the failure of a job without slots gives the others no more time") {
  need(old_job, 2);
  need(young_job, 2);
  granted(old_job);
  advance(5min);
  CHECK(overdue() == std::vector{young_job, old_job});
}

TEST_CASE_FIXTURE(waiting_jobs, "a job that needs nothing any more is forgotten with its age") {
  add_worker(1, 1);
  need(old_job, 1);
  need(young_job, 1);
  CHECK(granted(old_job) == 1);
  need(old_job, 0);
  granted(old_job);
  auto slot = pool.slots_of(session_of(1))[0];
  pool.give_back(session_of(1), slot.index, slot.allocation);
  need(third_job, 1);
  CHECK(granted(young_job) == 1);
}
