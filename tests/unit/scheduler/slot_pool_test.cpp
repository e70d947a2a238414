#include "scheduler/slot_pool.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace weir;

namespace {

const job_id job_a = job_numbered(1), job_b = job_numbered(2);

std::vector<resource_profile> slots(std::size_t count) {
  return std::vector<resource_profile>(count);
}

/// How many of the grants are on each process.
std::map<incarnation_id, std::size_t> by_worker(const std::vector<slot_grant>& grants) {
  std::map<incarnation_id, std::size_t> counts;
  for (const slot_grant& grant : grants)
    ++counts[grant.session.worker];
  return counts;
}

} // namespace

TEST_CASE("slots are spread evenly, by the part of each worker that is in use") {
  slot_pool pool{epoch_3, true};
  pool.add(session_of(1), slots(4));
  pool.add(session_of(2), slots(2));
  auto counts = by_worker(pool.take(job_a, 3));
  CHECK(counts[process_numbered(1)] == 2);
  CHECK(counts[process_numbered(2)] == 1);
}

TEST_CASE("without even spread one worker is filled before the next") {
  slot_pool pool{epoch_3, false};
  pool.add(session_of(1), slots(4));
  pool.add(session_of(2), slots(4));
  CHECK(by_worker(pool.take(job_a, 4)).size() == 1);
  CHECK(by_worker(pool.take(job_a, 2)).size() == 1);
}

TEST_CASE("no slot is given twice and no allocation is used twice") {
  slot_pool pool{epoch_3, true};
  pool.add(session_of(1), slots(3));
  std::set<std::uint32_t> given;
  std::set<allocation_id> allocations;
  for (const slot_grant& grant : pool.take(job_a, 3)) {
    CHECK(given.insert(grant.slot).second);
    CHECK(allocations.insert(grant.allocation).second);
    CHECK(grant.allocation.epoch == epoch_3);
    CHECK(pool.give_back(grant.session, grant.slot, grant.allocation));
  }
  CHECK(allocations.insert(pool.take(job_b, 1)[0].allocation).second);
}

TEST_CASE("a slot is free again only under the allocation it was given") {
  slot_pool pool{epoch_3, true};
  pool.add(session_of(1), slots(1));
  slot_grant first = pool.take(job_a, 1)[0];
  CHECK(pool.give_back(first.session, first.slot, first.allocation));
  slot_grant second = pool.take(job_b, 1)[0];
  CHECK_FALSE(pool.give_back(first.session, first.slot, first.allocation));
  CHECK(pool.free_slots() == 0);
  CHECK(pool.held_by(job_b) == 1);
  CHECK_FALSE(pool.give_back(session_of(2), second.slot, second.allocation));
  CHECK_FALSE(pool.give_back(second.session, 17, second.allocation));
  CHECK(pool.give_back(second.session, second.slot, second.allocation));
  CHECK(pool.free_slots() == 1);
}

TEST_CASE("what a session held is gone with it and is counted for its jobs") {
  slot_pool pool{epoch_3, true};
  pool.add(session_of(1), slots(3));
  pool.add(session_of(2), slots(3));
  auto grants = pool.take(job_a, 4);
  pool.take(job_b, 1);
  auto lost = pool.remove(session_of(1));
  CHECK(lost[job_a] == 2);
  CHECK(pool.held_by(job_a) == 2);
  CHECK(pool.held_by(job_a) + pool.held_by(job_b) + pool.free_slots() == 3);
  CHECK(pool.slots_of(session_of(1)).empty());
  for (const slot_grant& grant : grants)
    CHECK(pool.give_back(grant.session, grant.slot, grant.allocation) == (grant.session == session_of(2)));
}

TEST_CASE("preferred workers are taken first, as far as they have free slots") {
  slot_pool pool{epoch_3, true};
  pool.add(session_of(1), slots(2));
  pool.add(session_of(2), slots(3));
  pool.add(session_of(3), slots(3));
  const auto one = process_numbered(1), two = process_numbered(2);
  using counts = std::map<incarnation_id, std::size_t>;
  CHECK(by_worker(pool.take(job_a, 2, {{two, 2}})) == counts{{two, 2}});
  // One more than that has; another worker that is not there.
  auto got = by_worker(pool.take(job_a, 4, {{one, 3}, {process_numbered(9), 1}}));
  CHECK(got[one] == 2);
  CHECK(got[process_numbered(3)] == 2);
  CHECK(by_worker(pool.take(job_a, 2, {{one, 1}})).size() == 2); // none is left there
  CHECK(pool.free_slots() == 0);
}

TEST_CASE("no more than the preferred number is taken at a worker for that reason") {
  slot_pool pool{epoch_3, true};
  pool.add(session_of(1), slots(4));
  pool.add(session_of(2), slots(4));
  auto got = by_worker(pool.take(job_a, 3, {{process_numbered(2), 1}}));
  CHECK(got[process_numbered(1)] == 2);
}
