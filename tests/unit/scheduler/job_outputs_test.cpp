// What sinks have prepared when a job ends without finishing. Numbers in brackets: the planted bugs of
// protocol-checkpoint that a test is for.
#include "job_at_work.hpp"

using namespace weir;
using namespace std::chrono_literals;
using enum task_state;

namespace {

std::shared_ptr<const job_graph> with_committing_sink() {
  auto graph = std::make_shared<job_graph>(*line_of({{"source", 2}, {"sink", 1}}));
  graph->vertices[1].operators[0].kind = "write_text";
  return graph;
}

/// As job_at_work, with a sink that commits: it has one of the two slots.
struct job_with_outputs : job_at_work {
  explicit job_with_outputs(bool recovered = false)
      : job_at_work{{.recovered = recovered}, with_committing_sink()} {}

  const deploy& sink() { return task(1, 0); }
  std::uint64_t worker_of_sink() { return sink().session.worker.high; }
  std::uint64_t other_worker() { return 3 - worker_of_sink(); }

  void cancel_all() {
    report(sink(), running);
    core.on_cancel(++wall);
    report(task(0, 0), canceled);
    report(task(0, 1), canceled);
  }
};

struct recovered_job_with_outputs : job_with_outputs {
  recovered_job_with_outputs() : job_with_outputs{true} {}
};

std::optional<job_state> end_in(const job_manager_core::actions& out) {
  auto ends = all<store_end>(out);
  return ends.empty() ? std::nullopt : std::optional{ends.front().details.summary.state};
}

/// A canceled job has no cause of its own.
void check_tells_what_is_left(const job_manager_core::actions& out, const std::string& why) {
  const auto failures = all<store_end>(out).front().details.failures;
  REQUIRE_FALSE(failures.empty());
  CHECK(failures.front().task == "sink (1/1)");
  CHECK(failures.front().cause == "what sink (1/1) has prepared is neither committed nor removed: " + why);
}

} // namespace

TEST_CASE_FIXTURE(job_with_outputs, "sinks that were told of the job's end leave nothing to be done") {
  deploy_all();
  cancel_all();
  auto out = report(sink(), canceled);
  CHECK(sent<deploy>(out).empty());
  CHECK(end_in(out) == job_state::canceled);
}

TEST_CASE_FIXTURE(job_with_outputs, "the sink of a worker that is lost is finalized in another slot [37]") {
  deploy_all();
  deploy lost = sink();
  core.on_cancel(++wall);
  for (std::uint32_t subtask : {0, 1})
    if (task(0, subtask).session.worker.high == other_worker())
      report(task(0, subtask), canceled);
  auto out = lose(session_of(worker_of_sink()));
  CHECK_FALSE(end_in(out));
  auto sent_out = sent<deploy>(out);
  REQUIRE(sent_out.size() == 1);
  const deploy& finalizer = sent_out.front();
  CHECK(finalizer.finalizes);
  CHECK(finalizer.session == session_of(other_worker()));
  CHECK(finalizer.attempt.vertex == 1);
  CHECK(finalizer.attempt.number > lost.attempt.number);
  CHECK(finalizer.producers.empty());
  CHECK(core.details().waiting_for == "what its sinks have prepared is being committed or removed");
  CHECK_FALSE(end_in(report(lost, canceled)));
  CHECK_FALSE(end_in(report(finalizer, running)));
  CHECK(end_in(report(finalizer, finished)) == job_state::canceled);
  CHECK(core.details().vertices[1][0].state == failed); // of the attempt that did the work
}

TEST_CASE_FIXTURE(job_with_outputs, "a sink that ended before it knew that the job ends is finalized") {
  deploy_all();
  report(sink(), running);
  report(sink(), failed, "disk full");
  report(task(0, 0), canceled);
  auto out = report(task(0, 1), canceled);
  auto finalizers = sent<deploy>(out);
  REQUIRE(finalizers.size() == 1);
  CHECK(finalizers.front().finalizes);
  CHECK(end_in(report(finalizers.front(), finished)) == job_state::failed);
}

TEST_CASE_FIXTURE(recovered_job_with_outputs,
                  "a sink that is canceled before it was opened leaves what earlier attempts prepared") {
  deploy_all();
  core.on_cancel(++wall);
  report(task(0, 0), canceled);
  report(task(0, 1), canceled);
  auto finalizers = sent<deploy>(report(sink(), canceled));
  REQUIRE(finalizers.size() == 1);
  CHECK(end_in(report(finalizers.front(), finished)) == job_state::canceled);
}

TEST_CASE_FIXTURE(job_with_outputs, "a sink that is canceled before it was opened has prepared nothing") {
  deploy_all();
  core.on_cancel(++wall);
  report(task(0, 0), canceled);
  report(task(0, 1), canceled);
  CHECK(end_in(report(sink(), canceled)) == job_state::canceled);
}

TEST_CASE_FIXTURE(job_with_outputs, "a sink that could not be opened has prepared nothing") {
  deploy_all();
  report(sink(), failed, "the folder has parts of another job");
  report(task(0, 0), canceled);
  CHECK(end_in(report(task(0, 1), canceled)) == job_state::failed);
}

TEST_CASE_FIXTURE(
    job_with_outputs,
    "a finalizer that fails is tried again after a while, and the third failure adds to the cause") {
  deploy_all();
  report(sink(), running);
  report(sink(), failed, "disk full");
  report(task(0, 0), canceled);
  auto finalizers = sent<deploy>(report(task(0, 1), canceled));
  REQUIRE(finalizers.size() == 1);
  time_point now{};
  auto out = report(finalizers.front(), failed, "disk full, too");
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(end_in(out));
    CHECK(sent<deploy>(out).empty());
    CHECK(core.wake_at() == time_point::min());
    CHECK(sent<deploy>(core.on_tick(now, ++wall)).empty());
    CHECK(core.wake_at() == now + 2s);
    CHECK(sent<deploy>(core.on_tick(now + 1s, ++wall)).empty());
    now += 2s;
    auto again = sent<deploy>(core.on_tick(now, ++wall));
    REQUIRE(again.size() == 1);
    CHECK(again.front().attempt.number > finalizers.front().attempt.number);
    finalizers = again;
    CHECK(core.wake_at() == time_point::max());
    out = report(finalizers.front(), failed, "disk still full");
  }
  CHECK(end_in(out) == job_state::failed);
  CHECK(core.details().failures.front().cause ==
        "disk full; what sink (1/1) has prepared is neither committed nor removed: disk still full");
}

TEST_CASE_FIXTURE(job_with_outputs, "what the second finalizer has done is done") {
  deploy_all();
  cancel_all();
  auto first = sent<deploy>(report(sink(), failed, "disk full"));
  REQUIRE(first.size() == 1);
  CHECK_FALSE(end_in(report(first.front(), failed, "disk still full")));
  core.on_tick(time_point{}, ++wall);
  auto second = sent<deploy>(core.on_tick(time_point{} + 2s, ++wall));
  REQUIRE(second.size() == 1);
  auto out = report(second.front(), finished);
  CHECK(end_in(out) == job_state::canceled);
  CHECK(all<store_end>(out).front().details.failures.empty());
}

TEST_CASE_FIXTURE(job_with_outputs, "a finalizer that is lost with its worker goes to another one") {
  deploy_all();
  cancel_all();
  lose(session_of(worker_of_sink()));
  auto out = lose(session_of(other_worker()));
  CHECK(need_in(out) == 1);
  CHECK(core.details().waiting_for.find("a slot is missing") == 0);
  out = offer_slot(session_of(7), 70);
  CHECK(sent<accept>(out).size() == 1);
  CHECK(need_in(out) == 0);
  auto again = sent<deploy>(out);
  REQUIRE(again.size() == 1);
  CHECK(again.front().session == session_of(7));
  CHECK(sent<reject>(offer_slot(session_of(8), 80)).size() == 1);
  out = report(again.front(), finished);
  CHECK(end_in(out) == job_state::canceled);
}

TEST_CASE_FIXTURE(job_with_outputs, "a finalizer that takes its workers with it is given up after three") {
  deploy_all();
  cancel_all();
  lose(session_of(other_worker()));
  auto out = lose(session_of(worker_of_sink()));
  for (std::uint64_t process : {11, 12, 13}) {
    REQUIRE_FALSE(end_in(out));
    REQUIRE(sent<deploy>(offer_slot(session_of(process), process)).size() == 1);
    out = lose(session_of(process));
  }
  CHECK(end_in(out) == job_state::canceled);
  check_tells_what_is_left(out, "its worker was lost, the 3. time");
}

TEST_CASE_FIXTURE(job_with_outputs, "no slot for a finalizer: the job ends when the request fails") {
  deploy_all();
  cancel_all();
  lose(session_of(other_worker()));
  lose(session_of(worker_of_sink()));
  auto out = core.on_request_failed({.job = job, .cause = "no slot for 5 min"}, ++wall);
  CHECK(end_in(out) == job_state::canceled);
  check_tells_what_is_left(out, "no slot for 5 min");
  CHECK(need_in(out) == 0);
}

TEST_CASE_FIXTURE(job_with_outputs, "no slot for a finalizer: a further cancel ends the job") {
  deploy_all();
  cancel_all();
  lose(session_of(other_worker()));
  lose(session_of(worker_of_sink()));
  auto out = core.on_cancel(++wall);
  CHECK(end_in(out) == job_state::canceled);
  check_tells_what_is_left(out, "the job was canceled");
}

TEST_CASE_FIXTURE(recovered_job_with_outputs,
                  "a job of a master before that is canceled before it is deployed is finalized") {
  core.start(++wall);
  auto out = core.on_cancel(++wall);
  CHECK_FALSE(end_in(out));
  CHECK(need_in(out) == 1);
  auto finalizers = sent<deploy>(offer_slot(session_of(1), 1));
  REQUIRE(finalizers.size() == 1);
  CHECK(finalizers.front().finalizes);
  CHECK(end_in(report(finalizers.front(), finished)) == job_state::canceled);
}

TEST_CASE_FIXTURE(recovered_job_with_outputs,
                  "nothing is finalized while it is not known which checkpoint is the newest") {
  core.on_recovery_blocked("chk-7/_metadata is corrupt");
  CHECK(end_in(core.on_cancel(++wall)) == job_state::canceled);
}
