#include "job_at_work.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace weir;
using enum task_state;

namespace {

struct recovered_job : job_at_work {
  recovered_job() : job_at_work{{.recovered = true}} {}
};

} // namespace

// ---- collecting slots and deploying

TEST_CASE_FIXTURE(job_at_work, "a job asks for as many slots as its highest parallelism") {
  auto out = core.start(++wall);
  CHECK(need_in(out) == 2);
  CHECK(state() == job_state::created);
  CHECK(core.summary().tasks == std::map<task_state, std::uint32_t>{{scheduled, 3}});
}

TEST_CASE_FIXTURE(job_at_work, "nothing is deployed before every slot is held") {
  core.start(++wall);
  auto out = offer_slot(session_of(1), 1);
  CHECK(sent<accept>(out).size() == 1);
  CHECK(deployed.empty());
  CHECK(state() == job_state::created);
  offer_slot(session_of(2), 2);
  CHECK(deployed.size() == 3);
  CHECK(state() == job_state::running);
  CHECK(core.summary().tasks == std::map<task_state, std::uint32_t>{{deploying, 3}});
}

TEST_CASE_FIXTURE(job_at_work, "a deployment says where producers run and who may read") {
  deploy_all();
  const deploy& sink = task(1, 0);
  REQUIRE(sink.producers.size() == 2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const deploy& source = task(0, i);
    CHECK(sink.producers[i].attempt == source.attempt);
    CHECK(sink.producers[i].edge == 0);
    CHECK(sink.producers[i].worker == source.session.worker);
    CHECK(sink.producers[i].address == address_of(source.session.worker.high));
    CHECK(source.producers.empty());
    REQUIRE(source.consumers.size() == 1);
    CHECK(source.consumers[0].attempt == sink.attempt);
  }
  CHECK(sink.consumers.empty());
  CHECK(sink.job.name == "words");
  CHECK(sink.slot == 3);
}

TEST_CASE_FIXTURE(job_at_work, "subtasks of one number share a slot and the others have another") {
  deploy_all();
  CHECK(task(0, 0).allocation == task(1, 0).allocation);
  CHECK(task(0, 1).allocation != task(0, 0).allocation);
}

TEST_CASE_FIXTURE(job_at_work, "an offer that is repeated is accepted again and fills no second place") {
  core.start(++wall);
  offer_slot(session_of(1), 1);
  auto again = offer_slot(session_of(1), 1);
  CHECK(sent<accept>(again).size() == 1);
  CHECK(deployed.empty());
}

TEST_CASE_FIXTURE(job_at_work, "a slot that is not needed any more is rejected, with the need told before") {
  deploy_all();
  auto out = offer_slot(session_of(3), 3);
  CHECK(sent<reject>(out).size() == 1);
  CHECK(sent<accept>(out).empty());
}

TEST_CASE_FIXTURE(job_at_work, "an offer of a session known to be lost is not answered") {
  core.start(++wall);
  introduce(session_of(1));
  lose(session_of(1));
  auto out = offer_slot(session_of(1), 1);
  CHECK(out.empty());
  CHECK(sent<accept>(offer_slot(session_of(1, 2), 2)).size() == 1);
}

TEST_CASE_FIXTURE(job_at_work, "a session lost before the deployment costs its slots and not the job") {
  core.start(++wall);
  offer_slot(session_of(1), 1);
  auto out = lose(session_of(1));
  REQUIRE(all<slots_needed>(out).size() == 1);
  CHECK(all<slots_needed>(out)[0].count == 2);
  CHECK(all<slots_needed>(out)[0].handled == session_of(1));
  offer_slot(session_of(2), 2);
  CHECK(deployed.empty());
  offer_slot(session_of(1, 2), 3);
  CHECK(deployed.size() == 3);
  for (const deploy& each : deployed)
    CHECK(each.session != session_of(1));
}

TEST_CASE_FIXTURE(job_at_work, "the loss of an earlier session leaves the slots of the present one") {
  core.start(++wall);
  introduce(session_of(1));
  offer_slot(session_of(1, 2), 1); // overtakes the notice
  lose(session_of(1));
  offer_slot(session_of(2), 2);
  CHECK(deployed.size() == 3);
}

TEST_CASE_FIXTURE(job_at_work, "every loss is confirmed, whatever state the job is in") {
  deploy_all();
  for (auto session : {session_of(1), session_of(2), session_of(1, 2)}) {
    auto told = all<slots_needed>(lose(session));
    REQUIRE_FALSE(told.empty());
    CHECK(told.back().handled == session);
  }
}

TEST_CASE_FIXTURE(job_at_work, "a job that waits says how many slots are missing") {
  core.start(++wall);
  core.on_missing({job, 1, 2});
  CHECK(core.details().waiting_for == "1 of 2 slots are missing");
  core.on_missing({job, 0, 2});
  CHECK(core.details().waiting_for == "2 of 2 slots are yet to be offered");
}

TEST_CASE_FIXTURE(job_at_work, "a job without slots for too long fails and returns those it has") {
  core.start(++wall);
  offer_slot(session_of(1), 1);
  auto out = core.on_request_failed({job, "1 of 2 slots are missing for 5 min"}, ++wall);
  CHECK(need_in(out) == 0);
  auto ends = all<store_end>(out);
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::failed);
  CHECK(ends[0].details.failures[0].cause == "1 of 2 slots are missing for 5 min");
  auto after = core.on_stored();
  REQUIRE(sent<release>(after).size() == 1);
  CHECK(sent<release>(after)[0].allocation == allocation_id{epoch_3, 1});
}

TEST_CASE_FIXTURE(recovered_job,
                  "a job that a master before has led waits for its slots as long as it takes") {
  core.start(++wall);
  offer_slot(session_of(3), 9);
  auto out = core.on_request_failed({job, "1 of 2 slots are missing for 5 min"}, ++wall);
  CHECK(all<store_end>(out).empty());
  // It gives back what it has, so that another job may begin, and asks anew.
  auto needs = all<slots_needed>(out);
  REQUIRE(needs.size() == 2);
  CHECK(needs[0].count == 0);
  CHECK(needs[1].count == 2);
  CHECK(sent<release>(out).size() == 1);
  CHECK(core.details().summary.state == job_state::created);
  offer_slot(session_of(1), 1);
  offer_slot(session_of(2), 2);
  CHECK(deployed.size() == 3);
}

// ---- updates

TEST_CASE_FIXTURE(job_at_work, "the states that workers report are shown") {
  deploy_all();
  report(task(0, 0), initializing);
  report(task(0, 0), running);
  CHECK(state_of(task(0, 0)) == running);
  CHECK(core.summary().tasks == std::map<task_state, std::uint32_t>{{deploying, 2}, {running, 1}});
}

TEST_CASE_FIXTURE(job_at_work, "an update of another attempt or another session is dropped") {
  deploy_all();
  deploy other_attempt = task(0, 0), other_epoch = task(0, 0), other_session = task(0, 0),
         nowhere = task(0, 0);
  other_attempt.attempt.number = 2;
  other_epoch.attempt.epoch = leader_epoch{2};
  other_session.session.registration = 2;
  nowhere.attempt.vertex = 17;
  for (const deploy& stale : {other_attempt, other_epoch, other_session, nowhere}) {
    CHECK(report(stale, failed, "stale").empty());
    CHECK(report(stale, finished).empty());
  }
  CHECK(state_of(task(0, 0)) == deploying);
  CHECK(state() == job_state::running);
}

TEST_CASE_FIXTURE(job_at_work,
                  "an update of a lost session is dropped although its attempt is the present one") {
  deploy_all();
  deploy lost = task_on(2);
  lose(session_of(2));
  CHECK(report(lost, finished).empty());
  CHECK(state_of(lost) == failed);
}

TEST_CASE_FIXTURE(job_at_work,
                  "metrics of present attempts are shown, from reports and from the last update") {
  deploy_all();
  const deploy& source = task(0, 0);
  measurements_ptr measured = std::make_shared<task_measurements>();
  core.on_reported({job, source.session, {{.attempt = source.attempt, .measurements = measured}}});
  core.on_reported({job, source.session, {{.attempt = source.attempt, .metrics = {.records_out = 5}}}});
  CHECK(core.details().vertices[0][0].measurements.get() == measured.get());
  CHECK(core.details().vertices[0][0].metrics.records_out == 5);
  core.on_reported({job, session_of(9), {{.attempt = source.attempt, .metrics = {.records_out = 9}}}});
  CHECK(core.details().vertices[0][0].metrics.records_out == 5);
  core.on_update({.session = source.session,
                  .attempt = source.attempt,
                  .state = finished,
                  .metrics = {.records_out = 7}},
                 ++wall);
  core.on_reported({job, source.session, {{.attempt = source.attempt, .metrics = {.records_out = 6}}}});
  CHECK(core.details().vertices[0][0].metrics.records_out == 7);
}

// ---- the ends

TEST_CASE_FIXTURE(job_at_work, "a job is finished when every subtask is, and only once that is stored") {
  deploy_all();
  report(task(0, 0), finished);
  report(task(0, 1), finished);
  CHECK(state() == job_state::running);
  auto out = report(task(1, 0), finished);
  auto ends = all<store_end>(out);
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::finished);
  CHECK(ends[0].details.summary.end_wall_ms == wall);
  CHECK(state() == job_state::running);
  CHECK(sent<release>(out).empty());
  CHECK(core.details().waiting_for == "its end is being stored");

  auto after = core.on_stored();
  CHECK(state() == job_state::finished);
  CHECK(core.details().waiting_for == "");
  CHECK(need_in(after) == 0);
  CHECK(sent<release>(after).size() == 2);
  CHECK(std::holds_alternative<slots_needed>(after.front()));
  CHECK(std::holds_alternative<job_done>(after.back()));
}

TEST_CASE_FIXTURE(job_at_work, "results are put together by name, in the order of the subtasks") {
  deploy_all();
  report(task(1, 0), finished, "", "third ");
  report(task(0, 1), finished, "", "second ");
  auto out = report(task(0, 0), finished, "", "first ");
  auto end = all<store_end>(out)[0].details;
  CHECK(end.results == std::vector<task_result>{{"out", "first second third "}});
}

TEST_CASE_FIXTURE(job_at_work, "results larger than the limit fail the job and say so") {
  deploy_all();
  CHECK(all<store_end>(report(task(0, 0), finished, "", std::string(60, 'x'))).empty());
  auto out = report(task(0, 1), finished, "", std::string(41, 'x'));
  CHECK(state() == job_state::failing);
  CHECK(sent<cancel>(out).size() == 1);
  CHECK(core.details().failures[0].cause.find("collect.max-size") != std::string::npos);
  CHECK(core.details().failures[0].task == "source (2/2)");
}

TEST_CASE_FIXTURE(job_at_work, "a failure cancels the rest and the job fails once each has ended") {
  deploy_all();
  auto out = report(task(0, 0), failed, "operator parse: not a number");
  CHECK(state() == job_state::failing);
  CHECK(need_in(out) == 0);
  std::set<attempt_id> canceled_attempts;
  for (const cancel& each : sent<cancel>(out))
    canceled_attempts.insert(each.attempt);
  CHECK(canceled_attempts == std::set{task(0, 1).attempt, task(1, 0).attempt});
  CHECK(all<store_end>(out).empty());

  CHECK(all<store_end>(report(task(0, 1), canceled)).empty());
  auto ends = all<store_end>(report(task(1, 0), canceled));
  REQUIRE(ends.size() == 1);
  const job_details& end = ends[0].details;
  CHECK(end.summary.state == job_state::failed);
  REQUIRE(end.failures.size() == 1);
  CHECK(end.failures[0].cause == "operator parse: not a number");
  CHECK(end.failures[0].task == "source (1/2)");
  CHECK_FALSE(end.failures[0].worker.empty());
}

TEST_CASE_FIXTURE(job_at_work, "the first failure is the cause, whatever fails after it") {
  deploy_all();
  report(task(0, 0), failed, "the cause");
  report(task(0, 1), failed, "a consequence");
  auto ends = all<store_end>(report(task(1, 0), failed, "another"));
  REQUIRE(ends.size() == 1);
  REQUIRE(ends[0].details.failures.size() == 1);
  CHECK(ends[0].details.failures[0].cause == "the cause");
}

TEST_CASE_FIXTURE(job_at_work, "a job that failed stays failed when the rest finished before its cancel") {
  deploy_all();
  report(task(0, 0), failed, "the cause");
  report(task(0, 1), finished);
  auto ends = all<store_end>(report(task(1, 0), finished));
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::failed);
  CHECK(ends[0].details.results.empty());
}

TEST_CASE_FIXTURE(job_at_work, "a task that its worker cancels by itself fails the job") {
  deploy_all();
  report(task(0, 0), canceled);
  CHECK(state() == job_state::failing);
}

TEST_CASE_FIXTURE(job_at_work, "a lost worker fails the job with a cause that names it") {
  deploy_all();
  auto out = lose(session_of(2), "worker host2:4000-abcdef was lost: no heartbeat for 10 s");
  CHECK(state() == job_state::failing);
  for (const cancel& each : sent<cancel>(out))
    CHECK(each.session != session_of(2)); // nobody is there to cancel
  REQUIRE(core.details().failures.size() == 1);
  CHECK(core.details().failures[0].cause == "worker host2:4000-abcdef was lost: no heartbeat for 10 s");
  CHECK(core.details().failures[0].worker == "worker-2");
  CHECK_FALSE(core.details().failures[0].task.empty());
}

TEST_CASE_FIXTURE(job_at_work, "a lost worker is named when another task noticed it first") {
  deploy_all();
  report(task_on(1), failed, "cannot read from source (2/2)");
  lose(session_of(2), "worker host2:4000-abcdef was lost: connection closed");
  CHECK(core.details().failures[0].cause ==
        "cannot read from source (2/2); then worker host2:4000-abcdef was lost: connection closed");
}

TEST_CASE_FIXTURE(job_at_work,
                  "a job that fails waits for each attempt to end or for its session to be lost") {
  deploy_all();
  deploy on_2 = task_on(2);
  report(task_on(1), failed, "the cause");
  for (const deploy& each : deployed)
    if (each.session == session_of(1))
      CHECK(all<store_end>(report(each, canceled)).empty());
  CHECK(core.details().waiting_for.find("worker-2") != std::string::npos);
  auto out = lose(session_of(2));
  CHECK(all<store_end>(out).size() == 1);
  CHECK(sent<release>(core.on_stored()).size() == 1); // the lost slot is not returned
}

TEST_CASE_FIXTURE(job_at_work, "the loss of a worker whose tasks have all finished harms nothing") {
  deploy_all();
  std::vector<deploy> rest;
  for (const deploy& each : deployed) {
    if (each.session == session_of(2))
      report(each, finished);
    else
      rest.push_back(each);
  }
  auto out = lose(session_of(2));
  CHECK(state() == job_state::running);
  CHECK(need_in(out) == 1); // nothing would take another slot
  CHECK(sent<reject>(offer_slot(session_of(3), 9)).size() == 1);
  for (const deploy& each : rest)
    out = report(each, finished);
  REQUIRE(all<store_end>(out).size() == 1);
  CHECK(all<store_end>(out)[0].details.summary.state == job_state::finished);
}

TEST_CASE_FIXTURE(job_at_work, "a slot that its worker does not have fails what was deployed in it") {
  deploy_all();
  deploy gone = task_on(2);
  core.on_allocation_gone({.session = gone.session, .allocation = gone.allocation, .job = job}, ++wall);
  CHECK(state() == job_state::failing);
  CHECK(state_of(gone) == failed);
}

TEST_CASE_FIXTURE(job_at_work,
                  "a slot that its worker does not have is collected again before the deployment") {
  core.start(++wall);
  offer_slot(session_of(1), 1);
  core.on_allocation_gone({.session = session_of(1), .allocation = {epoch_3, 1}, .job = job}, ++wall);
  offer_slot(session_of(2), 2);
  CHECK(deployed.empty());
  offer_slot(session_of(1), 3);
  CHECK(deployed.size() == 3);
}

// ---- cancel

TEST_CASE_FIXTURE(job_at_work, "a cancel lowers the need before anything is rejected") {
  core.start(++wall);
  offer_slot(session_of(1), 1);
  auto out = core.on_cancel(++wall);
  CHECK(need_in(out) == 0);
  CHECK(std::holds_alternative<slots_needed>(out.front()));
  CHECK(sent<reject>(offer_slot(session_of(2), 2)).size() == 1);
}

TEST_CASE_FIXTURE(job_at_work, "a job that waits for slots is canceled at once") {
  core.start(++wall);
  auto ends = all<store_end>(core.on_cancel(++wall));
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::canceled);
  CHECK(ends[0].details.summary.tasks == std::map<task_state, std::uint32_t>{{canceled, 3}});
}

TEST_CASE_FIXTURE(job_at_work, "a running job is canceled when each task has ended") {
  deploy_all();
  auto out = core.on_cancel(++wall);
  CHECK(state() == job_state::cancelling);
  CHECK(sent<cancel>(out).size() == 3);
  CHECK(core.on_cancel(++wall).empty());
  report(task(0, 0), canceled);
  report(task(0, 1), finished);
  auto ends = all<store_end>(report(task(1, 0), canceled));
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::canceled);
}

TEST_CASE_FIXTURE(job_at_work, "a job whose subtasks all finished before their cancel is finished") {
  deploy_all();
  core.on_cancel(++wall);
  report(task(0, 0), finished);
  report(task(0, 1), finished);
  auto ends = all<store_end>(report(task(1, 0), finished));
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::finished);
}

TEST_CASE_FIXTURE(job_at_work, "a task that fails while it is canceled does not make the job fail") {
  deploy_all();
  core.on_cancel(++wall);
  report(task(0, 0), failed, "broken pipe");
  report(task(0, 1), canceled);
  auto ends = all<store_end>(report(task(1, 0), canceled));
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::canceled);
}

TEST_CASE_FIXTURE(job_at_work, "a cancel that comes while the end is being stored changes nothing") {
  deploy_all();
  for (const deploy& each : deployed)
    report(each, finished);
  CHECK(core.on_cancel(++wall).empty());
  core.on_stored();
  CHECK(state() == job_state::finished);
}

TEST_CASE_FIXTURE(job_at_work, "a worker lost while the end is being stored gets nothing returned") {
  deploy_all();
  for (const deploy& each : deployed)
    report(each, finished);
  lose(session_of(2));
  auto after = core.on_stored();
  REQUIRE(sent<release>(after).size() == 1);
  CHECK(sent<release>(after)[0].session == session_of(1));
}

TEST_CASE_FIXTURE(job_at_work, "after the end every offer is rejected") {
  deploy_all();
  for (const deploy& each : deployed)
    report(each, finished);
  core.on_stored();
  CHECK(sent<reject>(offer_slot(session_of(1), 1)).size() == 1);
}

TEST_CASE_FIXTURE(job_at_work, "the times of a job are those at which it entered its states") {
  deploy_all();
  core.on_cancel(2'000);
  auto details = core.details();
  CHECK(details.summary.start_wall_ms == 1'000);
  CHECK(details.summary.end_wall_ms == -1);
  CHECK(details.entered_wall_ms.at(job_state::created) == 1'001);
  CHECK(details.entered_wall_ms.at(job_state::running) == 1'003);
  CHECK(details.entered_wall_ms.at(job_state::cancelling) == 2'000);
}
