#include "scheduler/worker_core.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace std::chrono_literals;
using namespace weir;

namespace {

constexpr leader_epoch epoch{7};
constexpr job_id job{{1, 1}};
constexpr job_id other_job{{1, 2}};

allocation_id allocation(std::uint64_t number) {
  return {epoch, number};
}

attempt_id attempt(std::uint32_t subtask, std::uint32_t number = 1) {
  return {job, 0, subtask, epoch, number};
}

/// A worker with two slots, and the master's side of its messages.
struct one_worker {
  worker_core core{{.self = {{0, 5}},
                    .data_address = {"w", 1},
                    .slots = std::vector<resource_profile>(2),
                    .heartbeat_timeout = 10s,
                    .cancellation_timeout = 30s,
                    .retry_initial = 200ms,
                    .retry_max = 5s}};
  time_point now{};
  worker_core::actions last;

  template <class... Args>
  void note(worker_core::actions actions) {
    last = std::move(actions);
  }

  void advance(std::chrono::milliseconds by) {
    now += by;
    note(core.on_tick(now));
  }
  void receive(control_message message) { note(core.on_message(message, now)); }

  void connect(leader_epoch to = epoch) { note(core.on_master_up(to, now)); }
  void register_here() {
    note(core.start(now));
    connect();
    receive(registered{core.session(), 1'000, 10'000});
  }
  void allocate_slot(std::uint32_t slot, std::uint64_t number) {
    receive(allocate{core.session(), slot, allocation(number), job});
  }
  void accept_slot(std::uint32_t slot, std::uint64_t number) {
    receive(accept{core.session(), slot, allocation(number), job});
  }
  void deploy_task(std::uint32_t slot, std::uint64_t number, attempt_id which) {
    receive(
        deploy{.session = core.session(), .slot = slot, .allocation = allocation(number), .attempt = which});
  }
  void run_task(std::uint32_t slot, std::uint64_t number, attempt_id which) {
    deploy_task(slot, number, which);
    note(core.on_loaded(which));
    note(core.on_task_state(which, task_state::running));
  }

  /// All of one kind that the last call gave.
  template <class Action>
  std::vector<Action> did() const {
    std::vector<Action> found;
    for (const auto& each : last)
      if (const auto* action = std::get_if<Action>(&each))
        found.push_back(*action);
    return found;
  }
  template <class Message>
  std::vector<Message> said() const {
    std::vector<Message> found;
    for (const auto& each : did<send_to_master>())
      if (const auto* message = std::get_if<Message>(&each.message))
        found.push_back(*message);
    return found;
  }
  bool is_free(std::uint32_t slot) const { return core.slots()[slot].at == worker_slots::state::free; }
};

struct registered_worker : one_worker {
  registered_worker() { register_here(); }
};

} // namespace

TEST_CASE_FIXTURE(one_worker,
                  "a worker dials, registers and is registered once the master answers for its session") {
  note(core.start(now));
  CHECK(did<dial_master>().size() == 1);
  connect();
  REQUIRE(said<register_worker>().size() == 1);
  auto session = said<register_worker>()[0].session;
  CHECK(session == session_id{epoch, {{0, 5}}, 1});
  auto other = session;
  other.registration = 9;
  receive(registered{other, 1'000, 10'000});
  CHECK_FALSE(core.is_registered());
  receive(registered{session, 1'000, 10'000});
  CHECK(core.is_registered());
  CHECK(did<session_begun>().size() == 1);
}

TEST_CASE_FIXTURE(one_worker,
                  "a registration without answer is sent again, under the same number, less and less often") {
  note(core.start(now));
  connect();
  auto session = said<register_worker>()[0].session;
  std::vector<std::chrono::milliseconds> gaps;
  for (auto sent = now; gaps.size() < 5;) {
    advance(core.wake_at() - now < 1ms ? 1ms
                                       : std::chrono::ceil<std::chrono::milliseconds>(core.wake_at() - now));
    for (const auto& again : said<register_worker>()) {
      CHECK(again.session == session);
      gaps.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(now - sent));
      sent = now;
    }
  }
  CHECK(gaps == std::vector<std::chrono::milliseconds>{200ms, 400ms, 800ms, 1'600ms, 3'200ms});
}

TEST_CASE_FIXTURE(one_worker, "a master that never answers a registration is dropped and dialled anew") {
  note(core.start(now));
  connect();
  for (int i = 0; i < 10 && did<drop_master>().empty(); ++i)
    advance(1s);
  CHECK(did<drop_master>().size() == 1);
  note(core.on_master_down("dropped", now));
  advance(5s);
  CHECK(did<dial_master>().size() == 1);
}

TEST_CASE_FIXTURE(one_worker, "failed dials are repeated with growing pauses up to a limit") {
  note(core.start(now));
  std::vector<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 7; ++i) {
    note(core.on_dial_failed(now));
    auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(core.wake_at() - now);
    pauses.push_back(pause);
    advance(pause - 1ms);
    CHECK(did<dial_master>().empty());
    advance(1ms);
    CHECK(did<dial_master>().size() == 1);
  }
  CHECK(pauses == std::vector<std::chrono::milliseconds>{200ms, 400ms, 800ms, 1'600ms, 3'200ms, 5s, 5s});
}

TEST_CASE_FIXTURE(registered_worker,
                  "heartbeats go out at the interval the master stated, and list the tasks") {
  allocate_slot(0, 1);
  accept_slot(0, 1);
  run_task(0, 1, attempt(0));
  core.on_task_metrics(attempt(0), {.records_in = 12});
  core.on_memory(1000, 200);
  advance(999ms);
  CHECK(said<heartbeat>().empty());
  advance(1ms);
  REQUIRE(said<heartbeat>().size() == 1);
  auto beat = said<heartbeat>()[0];
  CHECK(beat.session == core.session());
  CHECK(beat.resident_memory == 1000);
  CHECK(beat.network_memory_used == 200);
  CHECK(beat.tasks == std::vector{task_report{attempt(0), task_state::running, {.records_in = 12}, {}}});
}

TEST_CASE_FIXTURE(registered_worker,
                  "measurements go out once for each change, as many as a heartbeat may carry") {
  for (std::uint32_t i = 0; i < 2; ++i) {
    allocate_slot(i, i + 1);
    accept_slot(i, i + 1);
    run_task(i, i + 1, attempt(i));
  }
  auto measured = [](std::size_t name_size) {
    task_measurements made;
    made.operators.push_back({.name = std::string(name_size, 'x')});
    return measurements_ptr{std::make_shared<task_measurements>(std::move(made))};
  };
  auto sent = [this] {
    advance(1'000ms);
    std::vector<bool> has;
    const heartbeat beat = said<heartbeat>().at(0);
    for (const auto& task : beat.tasks)
      has.push_back(task.measurements != nullptr);
    return has;
  };
  core.on_task_metrics(attempt(0), {}, measured(10));
  core.on_task_metrics(attempt(1), {}, measured(20));
  CHECK(sent() == std::vector{true, true});
  CHECK(sent() == std::vector{false, false});
  core.on_task_metrics(attempt(0), {}, measured(10)); // as it was
  core.on_task_metrics(attempt(1), {}, measured(200'000));
  CHECK(sent() == std::vector{false, true});

  core.on_task_metrics(attempt(0), {}, measured(200'000));
  core.on_task_metrics(attempt(1), {}, measured(200'001));
  CHECK(sent() == std::vector{true, false});
  core.on_task_metrics(attempt(0), {}, measured(200'002)); // does not come before the one that waits
  CHECK(sent() == std::vector{false, true});
  CHECK(sent() == std::vector{true, false});
}

TEST_CASE_FIXTURE(registered_worker, "a silent master is dropped a little before it would drop the worker") {
  for (int i = 0; i < 9; ++i) {
    advance(1s);
    CHECK(did<drop_master>().empty());
  }
  advance(500ms);
  CHECK(did<drop_master>().size() == 1);
}

TEST_CASE_FIXTURE(registered_worker, "any message of the session is a sign of life") {
  for (int i = 0; i < 50; ++i) {
    advance(1s);
    CHECK(did<drop_master>().empty());
    receive(heartbeat_ack{core.session()});
  }
}

TEST_CASE_FIXTURE(registered_worker,
                  "an allocated slot is offered, again and again until the job answers, and never freed") {
  allocate_slot(1, 3);
  REQUIRE(said<offer>().size() == 1);
  CHECK(said<offer>()[0] == offer{core.session(), 1, allocation(3), job});
  int again = 0;
  for (int i = 0; i < 600; ++i) {
    advance(100ms);
    again += static_cast<int>(said<offer>().size());
    CHECK(said<freed>().empty());
    receive(heartbeat_ack{core.session()});
  }
  CHECK(again > 10);
  accept_slot(1, 3);
  for (int i = 0; i < 100; ++i) {
    advance(100ms);
    CHECK(said<offer>().empty());
    receive(heartbeat_ack{core.session()});
  }
}

TEST_CASE_FIXTURE(registered_worker, "a rejected slot is free again and the resource manager is told") {
  allocate_slot(0, 1);
  receive(reject{core.session(), 0, allocation(1), job});
  CHECK(said<freed>() == std::vector{freed{core.session(), 0, allocation(1)}});
  CHECK(is_free(0));
}

TEST_CASE_FIXTURE(registered_worker, "an accept for an allocation that is gone is answered so") {
  allocate_slot(0, 1);
  receive(reject{core.session(), 0, allocation(1), job});
  allocate_slot(0, 2);
  accept_slot(0, 1);
  CHECK(said<allocation_gone>() == std::vector{allocation_gone{core.session(), 0, allocation(1), job}});
  CHECK(core.slots()[0].at == worker_slots::state::offered);
}

TEST_CASE_FIXTURE(registered_worker, "a second allocation for a slot in use ends the session") {
  allocate_slot(0, 1);
  allocate_slot(0, 2);
  CHECK(did<session_over>().size() == 1);
  CHECK(said<register_worker>()[0].session.registration == 2);
}

TEST_CASE_FIXTURE(registered_worker, "messages of another session change nothing") {
  allocate_slot(0, 1);
  accept_slot(0, 1);
  run_task(0, 1, attempt(0));
  for (auto wrong :
       {session_id{epoch, {{0, 5}}, 2}, session_id{epoch, {{0, 6}}, 1}, session_id{{8}, {{0, 5}}, 1}}) {
    receive(cancel{wrong, attempt(0)});
    CHECK(last.empty());
    receive(allocate{wrong, 1, allocation(2), job});
    CHECK(last.empty());
    receive(release{wrong, 0, allocation(1), job});
    CHECK(last.empty());
    receive(deploy{.session = wrong, .slot = 0, .allocation = allocation(1), .attempt = attempt(1)});
    CHECK(last.empty());
    receive(unknown_session{wrong});
    CHECK(last.empty());
  }
}

TEST_CASE_FIXTURE(registered_worker, "a task's life is told step by step") {
  allocate_slot(0, 1);
  accept_slot(0, 1);
  deploy_task(0, 1, attempt(0));
  CHECK(did<load_code>().size() == 1);
  note(core.on_loaded(attempt(0)));
  CHECK(did<weir::run_task>().size() == 1);
  CHECK(said<update>()[0].state == task_state::initializing);
  note(core.on_task_state(attempt(0), task_state::running));
  CHECK(said<update>()[0].state == task_state::running);
  note(core.on_task_state(attempt(0), task_state::finished,
                          {.metrics = {.records_out = 3}, .results = {{"r", "v"}}}));
  REQUIRE(said<update>().size() == 1);
  CHECK(said<update>()[0] == update{.session = core.session(),
                                    .attempt = attempt(0),
                                    .state = task_state::finished,
                                    .metrics = {.records_out = 3},
                                    .results = {{"r", "v"}}});
  CHECK_FALSE(is_free(0)); // the job manager says when
}

TEST_CASE_FIXTURE(registered_worker, "several tasks of a job share a slot, and the last to end frees it") {
  allocate_slot(0, 1);
  accept_slot(0, 1);
  run_task(0, 1, attempt(0));
  run_task(0, 1, attempt(1));
  receive(release{core.session(), 0, allocation(1), job});
  CHECK(did<cancel_task>().size() == 2);
  CHECK(said<freed>().empty());
  note(core.on_task_state(attempt(1), task_state::canceled));
  CHECK(said<freed>().empty());
  note(core.on_task_state(attempt(0), task_state::finished));
  REQUIRE(last.size() == 3); // the last update before the slot is free
  CHECK(said<update>().size() == 1);
  CHECK(std::holds_alternative<freed>(std::get<send_to_master>(last[1]).message));
  CHECK(std::get<forget_job>(last[2]).job == job);
  CHECK(is_free(0));
}

TEST_CASE_FIXTURE(registered_worker, "a deployment counts as accept") {
  allocate_slot(0, 1);
  deploy_task(0, 1, attempt(0));
  CHECK(did<load_code>().size() == 1);
  CHECK(core.slots()[0].at == worker_slots::state::active);
}

TEST_CASE_FIXTURE(registered_worker, "a deployment where the slot is not held fails at once") {
  allocate_slot(0, 1);
  SUBCASE("another allocation") {
    deploy_task(0, 2, attempt(0));
  }
  SUBCASE("a free slot") {
    deploy_task(1, 1, attempt(0));
  }
  SUBCASE("no such slot") {
    deploy_task(9, 1, attempt(0));
  }
  SUBCASE("another job") {
    deploy_task(0, 1, {other_job, 0, 0, epoch, 1});
  }
  SUBCASE("a slot about to be freed") {
    run_task(0, 1, attempt(7));
    receive(release{core.session(), 0, allocation(1), job});
    deploy_task(0, 1, attempt(0));
  }
  CHECK(did<load_code>().empty());
  REQUIRE(said<update>().size() == 1);
  CHECK(said<update>()[0].state == task_state::failed);
  CHECK(said<update>()[0].cause.find("allocation gone") != std::string::npos);
}

TEST_CASE_FIXTURE(registered_worker, "a deployment that comes twice starts one task") {
  allocate_slot(0, 1);
  deploy_task(0, 1, attempt(0));
  deploy_task(0, 1, attempt(0));
  CHECK(last.empty());
  note(core.on_loaded(attempt(0)));
  note(core.on_task_state(attempt(0), task_state::finished));
  deploy_task(0, 1, attempt(0));
  CHECK(last.empty());
}

TEST_CASE_FIXTURE(registered_worker,
                  "a cancel while the code is loaded ends the task at once, and the code finds nobody") {
  allocate_slot(0, 1);
  deploy_task(0, 1, attempt(0));
  receive(cancel{core.session(), attempt(0)});
  CHECK(said<update>()[0].state == task_state::canceled);
  CHECK(did<cancel_task>().empty());
  note(core.on_loaded(attempt(0)));
  CHECK(last.empty());
  note(core.on_load_failed(attempt(0), "late"));
  CHECK(last.empty());
}

TEST_CASE_FIXTURE(registered_worker,
                  "a cancel of a running task is told to it once, and answered when it has ended") {
  allocate_slot(0, 1);
  run_task(0, 1, attempt(0));
  receive(cancel{core.session(), attempt(0)});
  CHECK(did<cancel_task>().size() == 1);
  CHECK(said<update>()[0].state == task_state::canceling);
  receive(cancel{core.session(), attempt(0)});
  CHECK(last.empty());
  note(core.on_task_state(attempt(0), task_state::running)); // it had not heard yet
  CHECK(last.empty());
  note(core.on_task_state(attempt(0), task_state::canceled));
  CHECK(said<update>()[0].state == task_state::canceled);
}

TEST_CASE_FIXTURE(registered_worker, "a cancel of an unknown task is answered as canceled") {
  receive(cancel{core.session(), attempt(0)});
  CHECK(said<update>()[0].state == task_state::canceled);
}

TEST_CASE_FIXTURE(registered_worker, "code that cannot be loaded fails the task with the reason") {
  allocate_slot(0, 1);
  deploy_task(0, 1, attempt(0));
  note(core.on_load_failed(attempt(0), "another graph"));
  REQUIRE(said<update>().size() == 1);
  CHECK(said<update>()[0].state == task_state::failed);
  CHECK(said<update>()[0].cause == "another graph");
}

TEST_CASE_FIXTURE(registered_worker,
                  "a lost session voids all: tasks are stopped, slots are free, the number goes up") {
  allocate_slot(0, 1);
  allocate_slot(1, 2);
  run_task(0, 1, attempt(0));
  SUBCASE("the connection broke") {
    note(core.on_master_down("broken", now));
    CHECK(did<cancel_task>().size() == 1);
    advance(200ms);
    CHECK(did<dial_master>().size() == 1);
    connect();
  }
  SUBCASE("the master does not know it") {
    receive(unknown_session{core.session()});
    CHECK(did<cancel_task>().size() == 1);
  }
  SUBCASE("the master came back with a larger epoch") {
    connect({8});
    CHECK(did<cancel_task>().size() == 1);
  }
  CHECK(is_free(0));
  CHECK(is_free(1));
  CHECK(said<register_worker>().empty()); // not under a living task
  CHECK(core.leftover_tasks() == 1);
  note(core.on_task_state(attempt(0), task_state::canceled));
  CHECK(said<update>().empty()); // it belongs to nobody any more
  REQUIRE(said<register_worker>().size() == 1);
  CHECK(said<register_worker>()[0].session.registration == 2);
}

TEST_CASE_FIXTURE(registered_worker,
                  "a task whose code was being loaded does not hold up the next registration") {
  allocate_slot(0, 1);
  deploy_task(0, 1, attempt(0));
  receive(unknown_session{core.session()});
  CHECK(said<register_worker>().size() == 1);
  note(core.on_loaded(attempt(0)));
  CHECK(last.empty());
}

TEST_CASE_FIXTURE(registered_worker, "a master of an older epoch is dropped") {
  note(core.on_master_down("broken", now));
  advance(200ms);
  connect({6});
  CHECK(did<drop_master>().size() == 1);
  CHECK(said<register_worker>().empty());
  note(core.on_master_down("dropped", now));
  advance(1s);
  CHECK(did<dial_master>().size() == 1);
  connect({8});
  CHECK(said<register_worker>()[0].session.epoch == leader_epoch{8});
}

TEST_CASE_FIXTURE(registered_worker,
                  "a task that does not end in time after its cancel ends the process, once") {
  allocate_slot(0, 1);
  run_task(0, 1, attempt(0));
  SUBCASE("canceled by its job") {
    receive(cancel{core.session(), attempt(0)});
  }
  SUBCASE("left over from a lost session") {
    receive(unknown_session{core.session()});
  }
  SUBCASE("canceled, and then left over: the first counts") {
    now -= 5s;
    receive(cancel{core.session(), attempt(0)});
    now += 5s;
    receive(unknown_session{core.session()});
  }
  CHECK(core.wake_at() <= now + 30s);
  int exits = 0;
  for (int i = 0; i < 29; ++i) {
    advance(1s);
    exits += static_cast<int>(did<exit_process>().size());
    receive(heartbeat_ack{core.session()});
  }
  CHECK(exits == 0);
  for (int i = 0; i < 10; ++i) {
    advance(1s);
    for (const auto& exit : did<exit_process>()) {
      ++exits;
      CHECK(exit.reason.find("task.cancellation.timeout") != std::string::npos);
    }
    receive(heartbeat_ack{core.session()});
  }
  CHECK(exits == 1);
}

TEST_CASE_FIXTURE(registered_worker,
                  "wake_at never lies in the past for long: ticking at it always makes progress") {
  allocate_slot(0, 1);
  allocate_slot(1, 2);
  run_task(0, 1, attempt(0));
  for (int i = 0; i < 1'000; ++i) {
    auto before = core.wake_at();
    REQUIRE(before >= now);
    now = before;
    note(core.on_tick(now));
    if (!did<drop_master>().empty())
      note(core.on_master_down("dropped", now));
    if (!did<dial_master>().empty())
      note(core.on_dial_failed(now));
    if (core.wake_at() == time_point::max())
      break;
    REQUIRE(core.wake_at() > now);
  }
}

// ---- jobs that leave

TEST_CASE_FIXTURE(registered_worker, "a job is forgotten when its last slot here is free, and not before") {
  allocate_slot(0, 1);
  allocate_slot(1, 2);
  receive(release{core.session(), 0, allocation(1), job});
  CHECK(said<freed>().size() == 1);
  CHECK(did<forget_job>().empty());
  receive(reject{core.session(), 1, allocation(2), job});
  REQUIRE(did<forget_job>().size() == 1);
  CHECK(did<forget_job>()[0].job == job);
}

TEST_CASE_FIXTURE(registered_worker, "a job that lost its slots with the session may come back for a while") {
  allocate_slot(0, 1);
  note(core.on_master_down("gone", now));
  CHECK(did<forget_job>().empty());
  CHECK(core.wake_at() <= now + 5min);
  SUBCASE("and is forgotten if it does not") {
    advance(5min - 1ms);
    CHECK(did<forget_job>().empty());
    advance(1ms);
    CHECK(did<forget_job>().size() == 1);
    advance(5min);
    CHECK(did<forget_job>().empty());
  }
  SUBCASE("and is as any other once it has a slot again") {
    advance(1min);
    connect();
    receive(registered{core.session(), 1'000, 10'000});
    allocate_slot(1, 3);
    accept_slot(1, 3);
    for (int i = 0; i < 600; ++i) {
      receive(heartbeat_ack{core.session()});
      advance(1s);
      CHECK(did<forget_job>().empty());
    }
    receive(release{core.session(), 1, allocation(3), job});
    CHECK(did<forget_job>().size() == 1);
  }
}
