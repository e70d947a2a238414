#include "scheduler/resource_manager_core.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;

namespace {

const job_id job = job_numbered(1), other_job = job_numbered(2);

struct resource_manager_at_work {
  resource_manager_core core{{.epoch = epoch_3}};
  time_point now{};

  using actions = resource_manager_core::actions;

  void advance(std::chrono::milliseconds by) { now += by; }

  actions join(const session_id& session, std::size_t slots = 1, node_address address = {}) {
    if (address.host.empty())
      address = address_of(session.worker.high);
    return core.on_register({.session = session,
                             .data_address = std::move(address),
                             .slots = std::vector<resource_profile>(slots)},
                            now, 0);
  }
  actions beat(const session_id& session) { return core.on_heartbeat({.session = session}, now, 0); }
  actions need(job_id of, std::uint32_t count, std::optional<session_id> handled = {}) {
    return core.on_need(of, count, handled, now);
  }
  actions free(const allocate& given) {
    return core.on_freed({.session = given.session, .slot = given.slot, .allocation = given.allocation}, now);
  }
  actions tick() { return core.on_tick(now); }
  bool knows(const session_id& session) {
    for (const worker_status& each : core.workers())
      if (each.session == session)
        return true;
    return false;
  }
};

} // namespace

TEST_CASE_FIXTURE(resource_manager_at_work, "a worker that registers is told the heartbeat settings") {
  auto answers = sent<registered>(join(session_of(1)));
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].session == session_of(1));
  CHECK(answers[0].heartbeat_interval_ms == 1'000);
  CHECK(answers[0].heartbeat_timeout_ms == 10'000);
  auto workers = core.workers();
  REQUIRE(workers.size() == 1);
  CHECK(workers[0].id == "host1:4000-000000");
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a register that is sent again is answered again and changes nothing") {
  need(job, 1);
  auto given = sent<allocate>(join(session_of(1)));
  REQUIRE(given.size() == 1);
  auto again = join(session_of(1));
  CHECK(sent<registered>(again).size() == 1);
  CHECK(sent<allocate>(again).empty());
  CHECK(all<session_lost>(again).empty());
}

TEST_CASE_FIXTURE(resource_manager_at_work, "a session that was lost is never revived by a late register") {
  need(job, 1);
  join(session_of(1));
  advance(10s);
  CHECK(all<session_lost>(tick()).size() == 1);
  auto late = join(session_of(1));
  CHECK(sent<unknown_session>(late).size() == 1);
  CHECK(sent<registered>(late).empty());
  CHECK(sent<allocate>(late).empty());
  CHECK_FALSE(knows(session_of(1)));
  CHECK(sent<registered>(join(session_of(1, 2))).size() == 1);
}

TEST_CASE_FIXTURE(resource_manager_at_work, "a newer register loses what the worker held before") {
  need(job, 1);
  join(session_of(1));
  auto actions = join(session_of(1, 2));
  auto lost = all<session_lost>(actions);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].job == job);
  CHECK(lost[0].session == session_of(1));
  CHECK(lost[0].cause == "worker host1:4000-000000 was lost: it registered anew");
  CHECK(sent<allocate>(actions).empty()); // the job has not heard of the loss yet
  CHECK(sent<allocate>(need(job, 1, session_of(1))).size() == 1);
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a new process at the address of a worker ends the worker before it") {
  need(job, 1);
  join(session_of(1), 1, address_of(1));
  auto actions = join(session_of(2), 1, address_of(1));
  CHECK(all<session_lost>(actions).size() == 1);
  CHECK(sent<registered>(actions).size() == 1);
  CHECK_FALSE(knows(session_of(1)));
  CHECK(knows(session_of(2)));
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a process that restarts is another worker, whatever number it registers with") {
  need(job, 1);
  join(session_of(1, 5));
  auto actions = join(session_of(2, 1), 1, address_of(2));
  CHECK(sent<registered>(actions)[0].session == session_of(2, 1));
  CHECK(sent<unknown_session>(actions).empty());
}

TEST_CASE_FIXTURE(resource_manager_at_work, "a register of another epoch is unknown") {
  session_id stale = session_of(1);
  stale.epoch = leader_epoch{2};
  auto answer = join(stale);
  CHECK(sent<unknown_session>(answer).size() == 1);
  CHECK(core.workers().empty());
}

TEST_CASE_FIXTURE(resource_manager_at_work, "a heartbeat keeps a session and is acknowledged") {
  join(session_of(1));
  for (int i = 0; i < 5; ++i) {
    advance(9s);
    CHECK(sent<heartbeat_ack>(beat(session_of(1))).size() == 1);
    tick();
  }
  CHECK(knows(session_of(1)));
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "silence for the whole timeout loses the session and names the worker") {
  need(job, 2);
  join(session_of(1), 2);
  advance(9'999ms);
  CHECK(all<session_lost>(tick()).empty());
  advance(1ms);
  auto lost = all<session_lost>(tick());
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].cause == "worker host1:4000-000000 was lost: no heartbeat for 10 s");
  CHECK_FALSE(knows(session_of(1)));
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a heartbeat of a session that was lost makes the worker start anew") {
  join(session_of(1));
  advance(10s);
  tick();
  auto unknown = sent<unknown_session>(beat(session_of(1)));
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].session == session_of(1));
  CHECK(sent<heartbeat_ack>(beat(session_of(1))).empty());
}

TEST_CASE_FIXTURE(resource_manager_at_work, "a closed connection loses the session at once") {
  need(job, 1);
  join(session_of(1));
  auto lost = all<session_lost>(core.on_disconnected(process_numbered(1), "connection closed", now));
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].cause == "worker host1:4000-000000 was lost: connection closed");
  CHECK(core.on_disconnected(process_numbered(1), "connection closed", now).empty());
  CHECK(core.on_disconnected(process_numbered(7), "connection closed", now).empty());
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a lost session stays known as lost for long after its connection is gone") {
  join(session_of(1, 4));
  core.on_disconnected(process_numbered(1), "connection closed", now);
  advance(99s);
  tick();
  CHECK(sent<unknown_session>(join(session_of(1, 4))).size() == 1);
  advance(2s);
  tick();
  CHECK(sent<registered>(join(session_of(1, 5))).size() == 1);
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a worker that came back is not forgotten when its earlier loss is") {
  join(session_of(1));
  core.on_disconnected(process_numbered(1), "connection closed", now);
  join(session_of(1, 2));
  for (int i = 0; i < 30; ++i) {
    advance(5s);
    beat(session_of(1, 2));
    tick();
  }
  CHECK(knows(session_of(1, 2)));
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a job hears where a worker is before the worker hears of the job") {
  need(job, 1);
  auto actions = join(session_of(1));
  std::size_t introduced_at = 0, allocated_at = 0;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (std::holds_alternative<worker_introduced>(actions[i]))
      introduced_at = i;
    if (auto* send = std::get_if<send_to_worker>(&actions[i]); send && std::get_if<allocate>(&send->message))
      allocated_at = i;
  }
  CHECK(introduced_at < allocated_at);
  auto introduced = all<worker_introduced>(actions);
  REQUIRE(introduced.size() == 1);
  CHECK(introduced[0].session == session_of(1));
  CHECK(introduced[0].address == address_of(1));
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a slot goes to the next job only after its worker has freed it") {
  join(session_of(1));
  auto given = sent<allocate>(need(job, 1));
  REQUIRE(given.size() == 1);
  need(other_job, 1);
  CHECK(sent<allocate>(need(job, 0)).empty()); // the job's word is not enough
  auto next = sent<allocate>(free(given[0]));
  REQUIRE(next.size() == 1);
  CHECK(next[0].job == other_job);
  CHECK(next[0].allocation != given[0].allocation);
  CHECK(free(given[0]).empty()); // a second time means nothing
}

TEST_CASE_FIXTURE(resource_manager_at_work, "freed of a lost session is dropped") {
  join(session_of(1));
  auto given = sent<allocate>(need(job, 1));
  join(session_of(1, 2));
  need(job, 0, session_of(1));
  CHECK(free(given[0]).empty());
  CHECK(core.workers()[0].slots[0].free);
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a need that is lowered with the handling of a loss gives no slot in between") {
  need(job, 1);
  join(session_of(1));
  join(session_of(2));
  core.on_disconnected(process_numbered(1), "connection closed", now);
  CHECK(sent<allocate>(need(job, 0, session_of(1))).empty());
}

TEST_CASE_FIXTURE(resource_manager_at_work, "a job that waits too long is told what is missing") {
  auto shortage = all<slots_missing>(need(job, 4));
  REQUIRE(shortage.size() == 1);
  CHECK(shortage[0].missing == 4);
  join(session_of(1), 2);
  for (int i = 0; i < 150; ++i) {
    advance(2s);
    beat(session_of(1));
  }
  auto failed = all<slot_request_failed>(tick());
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].job == job);
  CHECK(failed[0].cause ==
        "2 of 4 slots are missing for 5 min (slot.request.timeout): start more workers, give them "
        "more slots or lower the parallelism");
}

TEST_CASE_FIXTURE(resource_manager_at_work, "what workers report of tasks goes to their jobs") {
  join(session_of(1));
  auto report = [](job_id of, std::uint64_t records) {
    return task_report{.attempt = {.job = of}, .metrics = {.records_in = records}};
  };
  auto actions = core.on_heartbeat(
      {.session = session_of(1), .tasks = {report(job, 1), report(other_job, 2), report(job, 3)}}, now, 77);
  auto reported = all<tasks_reported>(actions);
  REQUIRE(reported.size() == 2);
  CHECK(reported[0].job == job);
  CHECK(reported[0].tasks.size() == 2);
  CHECK(core.workers()[0].tasks.size() == 3);
  CHECK(core.workers()[0].last_heartbeat_wall_ms == 77);
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "sessions with slots of a job that left nobody behind are given up") {
  join(session_of(1));
  join(session_of(2));
  need(job, 1);
  auto actions = core.on_abandoned(job, now);
  REQUIRE(sent<unknown_session>(actions).size() == 1);
  CHECK(core.workers().size() == 1);
}

TEST_CASE_FIXTURE(resource_manager_at_work,
                  "a job gets a slot where it would like it, and waits for no worker") {
  join(session_of(1));
  join(session_of(2));
  auto at_2 = sent<allocate>(core.on_need(job, 1, {}, now, {{process_numbered(2), 1}}));
  REQUIRE(at_2.size() == 1);
  CHECK(at_2[0].session == session_of(2));
  auto elsewhere = sent<allocate>(core.on_need(job, 2, {}, now, {{process_numbered(9), 1}}));
  REQUIRE(elsewhere.size() == 1);
  CHECK(elsewhere[0].session == session_of(1));
}
