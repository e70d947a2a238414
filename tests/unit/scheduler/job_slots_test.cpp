#include "scheduler/job_slots.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using answer = job_slots::answer;

namespace {

struct two_slots_wanted {
  job_slots slots{*line_of({{"source", 2}, {"sink", 2}})};

  two_slots_wanted() {
    for (session_id session : {session_of(1), session_of(1, 2), session_of(2)})
      slots.introduce(session, {.name = "w", .address = address_of(session.worker.high)});
  }

  static offer offered(const session_id& session, std::uint64_t allocation) {
    return {.session = session, .slot = 0, .allocation = {epoch_3, allocation}, .job = job_numbered(1)};
  }
};

} // namespace

TEST_CASE_FIXTURE(two_slots_wanted, "slots are taken until the job has all it needs") {
  CHECK(slots.required() == 2);
  CHECK(slots.on_offer(offered(session_of(1), 1), true) == answer::accept);
  CHECK_FALSE(slots.complete());
  CHECK(slots.on_offer(offered(session_of(2), 2), true) == answer::accept);
  CHECK(slots.complete());
  CHECK(slots.on_offer(offered(session_of(2), 3), true) == answer::reject);
}

TEST_CASE_FIXTURE(two_slots_wanted, "an offer that is repeated is accepted again and counts once") {
  CHECK(slots.on_offer(offered(session_of(1), 1), true) == answer::accept);
  CHECK(slots.on_offer(offered(session_of(1), 1), true) == answer::accept);
  CHECK(slots.held() == 1);
  CHECK(slots.on_offer(offered(session_of(1), 1), false) == answer::accept);
}

TEST_CASE_FIXTURE(two_slots_wanted, "an offer of a session known to be lost is dropped") {
  slots.lose(session_of(1));
  CHECK(slots.on_offer(offered(session_of(1), 1), true) == answer::drop);
  CHECK(slots.held() == 0);
  CHECK(slots.on_offer(offered(session_of(1, 2), 2), true) == answer::accept);
}

TEST_CASE_FIXTURE(two_slots_wanted, "the loss of a session takes its slots and none of a later session") {
  slots.on_offer(offered(session_of(1), 1), true);
  slots.on_offer(offered(session_of(1, 2), 2), true);
  slots.lose(session_of(1));
  CHECK(slots.held() == 1);
  CHECK(slots.all().contains({epoch_3, 2}));
}

TEST_CASE_FIXTURE(two_slots_wanted, "the loss of a later session takes what an earlier one left") {
  slots.on_offer(offered(session_of(1), 1), true);
  slots.lose(session_of(1, 2));
  CHECK(slots.held() == 0);
}

TEST_CASE_FIXTURE(two_slots_wanted, "a slot of a session that nobody introduced is rejected") {
  CHECK(slots.on_offer(offered(session_of(9), 1), true) == answer::reject);
}

TEST_CASE_FIXTURE(two_slots_wanted, "every subtask has a slot once they are assigned, until it is lost") {
  attempt_id source{.vertex = 0, .subtask = 1}, sink{.vertex = 1, .subtask = 1},
      first{.vertex = 0, .subtask = 0};
  slots.on_offer(offered(session_of(1), 1), true);
  CHECK(slots.slot_of(source) == nullptr);
  slots.on_offer(offered(session_of(2), 2), true);
  slots.assign();
  REQUIRE(slots.slot_of(source) != nullptr);
  CHECK(*slots.slot_of(source) == *slots.slot_of(sink));
  CHECK(slots.slot_of(first)->session != slots.slot_of(source)->session);
  slots.lose(slots.slot_of(source)->session);
  CHECK(slots.slot_of(source) == nullptr);
  CHECK(slots.slot_of(first) != nullptr);
}

TEST_CASE_FIXTURE(two_slots_wanted, "a slot that is wanted again is collected anew only if it was lost") {
  attempt_id source{.vertex = 0, .subtask = 1}, first{.vertex = 0, .subtask = 0};
  slots.on_offer(offered(session_of(1), 1), true);
  slots.on_offer(offered(session_of(2), 2), true);
  slots.assign();
  slot_grant kept = *slots.slot_of(first), lost = *slots.slot_of(source);
  slots.lose(lost.session);
  CHECK(slots.lacking() == 0);
  CHECK(slots.on_offer(offered(session_of(1, 2), 3), true) == answer::reject);
  slots.want(0, 0);
  CHECK(slots.lacking() == 0);
  slots.want(0, 1);
  CHECK(slots.lacking() == 1);
  slots.introduce(session_of(3), {.name = "w", .address = address_of(3)});
  CHECK(slots.on_offer(offered(session_of(3), 4), true) == answer::accept);
  CHECK(slots.complete());
  CHECK(slots.slot_of(source) == nullptr);
  slots.assign();
  CHECK(*slots.slot_of(first) == kept);
  CHECK(slots.slot_of(source)->allocation == allocation_id{epoch_3, 4});
  CHECK(slots.held() == 2);
}

TEST_CASE_FIXTURE(two_slots_wanted, "a job that gives up collecting returns what it does not use") {
  attempt_id first{.vertex = 0, .subtask = 0};
  slots.on_offer(offered(session_of(1), 1), true);
  slots.on_offer(offered(session_of(2), 2), true);
  slots.assign();
  slot_grant used = *slots.slot_of(first);
  slots.want(0, 1);
  auto idle = slots.give_up([&](const slot_grant& each) { return each == used; });
  REQUIRE(idle.size() == 1);
  CHECK(idle[0].session != used.session);
  CHECK(slots.held() == 1);
  CHECK(slots.lacking() == 0);
}

namespace {

struct slots_that_go_back {
  job_slots slots{*line_of({{"source", 3}, {"sink", 3}}), true};

  slots_that_go_back() {
    for (std::uint64_t process : {0u, 1u, 2u, 3u, 4u})
      for (std::uint64_t registration : {1u, 2u})
        slots.introduce(session_of(process, registration), {.name = "w", .address = address_of(process)});
  }

  void take(const session_id& session, std::uint64_t allocation) {
    CHECK(slots.on_offer(two_slots_wanted::offered(session, allocation), true) == answer::accept);
  }
  std::uint64_t process_of(std::uint32_t subtask) {
    return slots.slot_of({.vertex = 0, .subtask = subtask})->session.worker.high;
  }
};

} // namespace

TEST_CASE_FIXTURE(slots_that_go_back, "groups of subtasks go back to the process where they were") {
  CHECK(slots.preferred().empty());
  take(session_of(1), 1);
  take(session_of(2), 2);
  take(session_of(2), 3);
  slots.assign();
  std::vector<std::uint64_t> before{process_of(0), process_of(1), process_of(2)};
  for (std::uint64_t process : {1u, 2u})
    slots.lose(session_of(process));
  CHECK(slots.preferred().empty()); // nothing is wanted yet
  for (std::uint32_t subtask : {0u, 1u, 2u})
    slots.want(0, subtask);
  CHECK(slots.preferred() == slot_preference{{process_numbered(1), 1}, {process_numbered(2), 2}});
  take(session_of(2, 2), 4);
  CHECK(slots.preferred() == slot_preference{{process_numbered(1), 1}, {process_numbered(2), 1}});
  take(session_of(2, 2), 5);
  CHECK(slots.preferred() == slot_preference{{process_numbered(1), 1}});
  take(session_of(1, 2), 6);
  slots.assign();
  CHECK(std::vector<std::uint64_t>{process_of(0), process_of(1), process_of(2)} == before);
}

TEST_CASE_FIXTURE(slots_that_go_back, "a process that is new takes the groups whose own one is gone") {
  for (std::uint64_t process : {1u, 2u, 3u})
    take(session_of(process), process);
  slots.assign();
  std::map<std::uint64_t, std::uint32_t> group_at;
  for (std::uint32_t subtask : {0u, 1u, 2u})
    group_at[process_of(subtask)] = subtask;
  for (std::uint64_t process : {1u, 2u}) {
    slots.lose(session_of(process));
    slots.want(0, group_at[process]);
  }
  // In whatever order workers are looked at, one of the two would go wrong without a preference.
  SUBCASE("the first comes back") {
    take(session_of(0), 4);
    take(session_of(1, 2), 5);
    slots.assign();
    CHECK(process_of(group_at[1]) == 1);
    CHECK(process_of(group_at[2]) == 0);
  }
  SUBCASE("the second comes back") {
    take(session_of(2, 2), 4);
    take(session_of(4), 5);
    slots.assign();
    CHECK(process_of(group_at[1]) == 4);
    CHECK(process_of(group_at[2]) == 2);
  }
  CHECK(process_of(group_at[3]) == 3);
}

TEST_CASE_FIXTURE(two_slots_wanted, "no worker is preferred unless groups are to go back") {
  slots.on_offer(offered(session_of(1), 1), true);
  slots.on_offer(offered(session_of(2), 2), true);
  slots.assign();
  slots.lose(session_of(1));
  slots.want(0, 0);
  slots.want(0, 1);
  CHECK(slots.preferred().empty());
}
