#include "scheduler/dispatcher_core.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;

namespace {

const job_id job = job_numbered(1);

struct dispatcher_at_work {
  using actions = dispatcher_core::actions;

  dispatcher_core core{{.max_capacity = 2, .expiration_time = 1h, .results_size = 100}};
  time_point now{};

  actions submit(job_id id = job) {
    return core.on_submit({.id = id,
                           .spec = {.library_hash = "aa", .library_name = "words.so"},
                           .graph = line_of({{"source", 1}})},
                          5'000);
  }
  actions stored(record_state state, job_id id = job) { return core.on_stored(id, state, now); }
  actions end(job_state state, job_id id = job, std::string result = "") {
    job_details details{.summary = {.id = id, .name = "line", .state = state}};
    if (!result.empty())
      details.results.push_back({"out", std::move(result)});
    return core.on_end(std::move(details));
  }
  void run(job_id id = job) {
    submit(id);
    core.on_claimed(id, true, 0);
    REQUIRE(all<start_job>(stored(record_state::submitted, id)).size() == 1);
  }
  void finish(job_id id, std::string result = "") {
    run(id);
    end(job_state::finished, id, std::move(result));
    stored(record_state::ended, id);
  }
};

std::vector<errc> codes(const std::vector<answer_cancel>& answers) {
  std::vector<errc> list;
  for (const auto& each : answers)
    list.push_back(each.answer ? errc{} : each.answer.failure().code());
  return list;
}

} // namespace

TEST_CASE_FIXTURE(dispatcher_at_work, "a submission is answered and started only when it is stored") {
  auto out = submit();
  REQUIRE(all<claim_library>(out).size() == 1);
  CHECK(out.size() == 1);
  CHECK(core.summaries().empty());
  out = core.on_claimed(job, true, 0);
  REQUIRE(all<store_record>(out).size() == 1);
  CHECK(all<store_record>(out)[0].record.state == record_state::submitted);
  CHECK(out.size() == 1);
  out = stored(record_state::submitted);
  REQUIRE(all<answer_submit>(out).size() == 1);
  CHECK(all<answer_submit>(out)[0].answer);
  CHECK(all<start_job>(out).size() == 1);
  CHECK(core.summaries().size() == 1);
}

TEST_CASE_FIXTURE(dispatcher_at_work, "nothing is told of a job before its submission is stored") {
  submit();
  CHECK_FALSE(core.outline_of(job));
  core.on_claimed(job, true, 0);
  CHECK_FALSE(core.outline_of(job));
  auto started = all<start_job>(stored(record_state::submitted));
  REQUIRE(started.size() == 1);
  CHECK_FALSE(started[0].recovered);
  CHECK(core.outline_of(job));
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a submission that is tried again starts nothing") {
  submit();
  CHECK(submit().empty()); // answered together with the first
  core.on_claimed(job, true, 0);
  CHECK(submit().empty());
  CHECK(all<start_job>(stored(record_state::submitted)).size() == 1);
  auto again = submit();
  CHECK(again.size() == 1);
  CHECK(all<answer_submit>(again)[0].answer);
  end(job_state::failed);
  CHECK(submit().size() == 1);
  stored(record_state::ended);
  again = submit();
  CHECK(again.size() == 1);
  CHECK(all<answer_submit>(again)[0].answer);
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a submission without its library is refused and can be tried again") {
  submit();
  auto out = core.on_claimed(job, false, 0);
  REQUIRE(all<answer_submit>(out).size() == 1);
  CHECK(all<answer_submit>(out)[0].answer.failure().code() == errc::not_found);
  CHECK(all<answer_submit>(out)[0].answer.failure().message().find("words.so") != std::string::npos);
  CHECK(all<store_record>(out).empty());
  CHECK(all<claim_library>(submit()).size() == 1);
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a cancel is answered and done only when it is stored") {
  run();
  auto out = core.on_cancel(job);
  REQUIRE(all<store_record>(out).size() == 1);
  CHECK(all<store_record>(out)[0].record.state == record_state::cancel_requested);
  CHECK(out.size() == 1);
  CHECK(core.on_cancel(job).empty());
  out = stored(record_state::cancel_requested);
  CHECK(codes(all<answer_cancel>(out)) == std::vector{errc{}});
  CHECK(all<cancel_running_job>(out).size() == 1);
}

TEST_CASE_FIXTURE(dispatcher_at_work,
                  "a further cancel comes to the job as well, for what it still waits for") {
  run();
  core.on_cancel(job);
  stored(record_state::cancel_requested);
  auto out = core.on_cancel(job);
  CHECK(codes(all<answer_cancel>(out)) == std::vector{errc{}});
  CHECK(all<cancel_running_job>(out).size() == 1);
  CHECK(all<store_record>(out).empty());
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a cancel that overtakes the submission cancels what it starts") {
  submit();
  CHECK(core.on_cancel(job).empty());
  core.on_claimed(job, true, 0);
  auto out = stored(record_state::submitted);
  REQUIRE(all<store_record>(out).size() == 1);
  CHECK(all<store_record>(out)[0].record.state == record_state::cancel_requested);
  CHECK(all<cancel_running_job>(stored(record_state::cancel_requested)).size() == 1);
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a cancel of a job that nobody knows is refused") {
  CHECK(codes(all<answer_cancel>(core.on_cancel(job))) == std::vector{errc::not_found});
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a cancel of a job that has ended says how it ended") {
  finish(job);
  auto out = core.on_cancel(job);
  CHECK(codes(all<answer_cancel>(out)) == std::vector{errc::already_exists});
  CHECK(all<answer_cancel>(out)[0].answer.failure().message().find("FINISHED") != std::string::npos);
  CHECK(all<store_record>(out).empty());
}

TEST_CASE_FIXTURE(dispatcher_at_work, "an end that is being stored is not overwritten by a cancel") {
  run();
  end(job_state::finished);
  CHECK(core.on_cancel(job).empty());
  auto out = stored(record_state::ended);
  CHECK(codes(all<answer_cancel>(out)) == std::vector{errc::already_exists});
  CHECK(all<cancel_running_job>(out).empty());
}

TEST_CASE_FIXTURE(dispatcher_at_work, "an end is shown and confirmed only when it is stored, and once") {
  run();
  auto out = end(job_state::failed);
  CHECK(all<store_record>(out).size() == 1);
  CHECK(out.size() == 1);
  CHECK(core.end_of(job) == nullptr);
  CHECK(core.summaries()[0].state == job_state::initializing);
  CHECK(end(job_state::finished).empty());
  out = stored(record_state::ended);
  CHECK(all<confirm_end>(out).size() == 1);
  CHECK(all<release_library>(out).size() == 1);
  CHECK(core.summaries()[0].state == job_state::failed);
  REQUIRE(core.end_of(job) != nullptr);
  core.on_changed({.id = job, .state = job_state::running}); // late
  CHECK(core.summaries()[0].state == job_state::failed);
}

TEST_CASE_FIXTURE(dispatcher_at_work, "jobs are listed with the newest first") {
  for (std::uint64_t number : {3, 9, 1})
    run(job_numbered(number));
  std::vector<job_id> ids;
  for (const auto& each : core.summaries())
    ids.push_back(each.id);
  CHECK(ids == std::vector{job_numbered(1), job_numbered(9), job_numbered(3)});
  CHECK(core.summaries()[0].start_wall_ms == 5'000);
  CHECK(core.summaries()[0].name == "line");
}

TEST_CASE_FIXTURE(dispatcher_at_work, "ended jobs are forgotten by their limits, living ones never") {
  run(job_numbered(50));
  for (std::uint64_t number : {1, 2, 3})
    finish(job_numbered(number));
  auto out = core.on_tick(now);
  REQUIRE(all<remove_record>(out).size() == 1);
  CHECK(all<remove_record>(out)[0].job == job_numbered(1));
  CHECK_FALSE(core.knows(job_numbered(1)));
  now += 2h;
  CHECK(all<remove_record>(core.on_tick(now)).size() == 2);
  CHECK(core.knows(job_numbered(50)));
}

TEST_CASE_FIXTURE(dispatcher_at_work, "results without room are dropped, and the job says so") {
  finish(job_numbered(1), std::string(60, 'x'));
  finish(job_numbered(2), std::string(60, 'x'));
  auto trimmed = all<trim_record>(core.on_tick(now));
  REQUIRE(trimmed.size() == 1);
  CHECK(trimmed[0].record.end->results.empty());
  auto end = core.end_of(job_numbered(1));
  REQUIRE(end != nullptr);
  CHECK(end->results_dropped);
  CHECK(end->summary.state == job_state::finished);
  CHECK_FALSE(core.end_of(job_numbered(2))->results_dropped);
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a job whose manager died is failed with that cause") {
  run();
  auto out = core.on_manager_died(job, "the manager of the job died: bad_alloc", 9'000);
  REQUIRE(all<store_record>(out).size() == 1);
  const job_details& end = *all<store_record>(out)[0].record.end;
  CHECK(end.summary.state == job_state::failed);
  CHECK(end.summary.end_wall_ms == 9'000);
  CHECK(end.failures[0].cause == "the manager of the job died: bad_alloc");
}

TEST_CASE("the memory store gives back what was put last, and says when it landed") {
  auto store = make_memory_job_store();
  int landed = 0;
  store->put({.id = job, .state = record_state::submitted}, [&] { ++landed; });
  store->put({.id = job, .state = record_state::cancel_requested}, [&] { ++landed; });
  CHECK(landed == 2);
  REQUIRE(store->all().size() == 1);
  CHECK(store->all()[0].state == record_state::cancel_requested);
  store->remove(job);
  CHECK(store->all().empty());
}

TEST_CASE_FIXTURE(dispatcher_at_work,
                  "a master that starts goes on with the jobs that had not ended, each with its library") {
  job_record running{.id = job, .spec = {.library_hash = "aa"}, .graph = line_of({{"source", 1}})};
  job_record canceled = running, done = running;
  canceled.id = job_numbered(2);
  canceled.state = record_state::cancel_requested;
  done.id = job_numbered(3);
  done.state = record_state::ended;
  done.end = std::make_shared<const job_details>(
      job_details{.summary = {.id = done.id, .name = "line", .state = job_state::finished}});
  auto out = core.recover({running, canceled, done}, now, 9'000);
  CHECK(all<claim_library>(out).size() == 2);
  CHECK(out.size() == 2);
  CHECK(core.summaries().size() == 3);
  REQUIRE(core.end_of(done.id));
  // Who asks before the library is found does not hear that there is no such job.
  REQUIRE(core.outline_of(job));
  CHECK(core.outline_of(job)->summary.id == job);
  CHECK(core.outline_of(job)->summary.state == job_state::initializing);

  // The same id is the same job: the client that had no answer tries again.
  CHECK(all<answer_submit>(submit()).size() == 1);

  out = core.on_claimed(job, true, 9'000);
  REQUIRE(all<start_job>(out).size() == 1);
  CHECK(all<start_job>(out)[0].recovered);
  CHECK(out.size() == 1);
  out = core.on_claimed(canceled.id, true, 9'000);
  CHECK(all<start_job>(out).size() == 1);
  CHECK(all<cancel_running_job>(out).size() == 1);
}

TEST_CASE_FIXTURE(dispatcher_at_work,
                  "what a job leaves of checkpoints is stored with its end, until it is gone") {
  const ended_checkpoints left{"/checkpoints", true};
  run();
  auto out = core.on_end({.summary = {.id = job, .state = job_state::canceled}}, left);
  REQUIRE(all<store_record>(out).size() == 1);
  CHECK(all<store_record>(out)[0].record.checkpoints == left);
  stored(record_state::ended);
  out = core.on_checkpoints_gone(job);
  REQUIRE(all<trim_record>(out).size() == 1);
  CHECK(out.size() == 1);
  CHECK_FALSE(all<trim_record>(out)[0].record.checkpoints);
  CHECK(all<trim_record>(out)[0].record.end->summary.state == job_state::canceled);
}

TEST_CASE_FIXTURE(dispatcher_at_work,
                  "a master that starts removes what jobs have left of checkpoints, however they ended") {
  job_record done{.id = job, .graph = line_of({{"source", 1}}), .state = record_state::ended};
  done.end = std::make_shared<const job_details>(job_details{.summary = {.id = job}});
  std::vector<job_record> records;
  for (std::uint64_t number : {1, 2, 3, 4}) {
    records.push_back(done);
    records.back().id = job_numbered(number);
  }
  records[0].checkpoints = {"/checkpoints", false};
  records[2].checkpoints = {"/others", true};
  auto out = core.recover(records, now, 0);
  auto removals = all<remove_checkpoints>(out);
  REQUIRE(removals.size() == 2);
  CHECK(out.size() == 2);
  CHECK(removals[0].job == job_numbered(1));
  CHECK(removals[0].left == *records[0].checkpoints);
  CHECK(removals[1].job == job_numbered(3));
  CHECK(removals[1].left == *records[2].checkpoints);
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a job is forgotten only when what it left of checkpoints is gone") {
  run();
  core.on_end({.summary = {.id = job, .state = job_state::failed}}, ended_checkpoints{"/checkpoints", false});
  stored(record_state::ended);
  now += 2h;
  CHECK(core.on_tick(now).empty());
  CHECK(core.end_of(job));
  auto out = core.on_checkpoints_gone(job);
  CHECK(all<remove_record>(out).size() == 1);
  CHECK(out.size() == 1);
  CHECK_FALSE(core.knows(job));
}

TEST_CASE_FIXTURE(dispatcher_at_work, "a job whose library is gone when its master starts again has failed") {
  core.recover({{.id = job, .spec = {.library_name = "words.so"}, .graph = line_of({{"source", 1}})}}, now,
               9'000);
  auto out = core.on_claimed(job, false, 9'000);
  CHECK(all<start_job>(out).empty());
  REQUIRE(all<store_record>(out).size() == 1);
  const auto& end = *all<store_record>(out)[0].record.end;
  CHECK(end.summary.state == job_state::failed);
  CHECK(end.failures[0].cause.find("words.so") != std::string::npos);
}

TEST_CASE_FIXTURE(dispatcher_at_work,
                  "a cancel that comes while a job is being recovered follows its start") {
  core.recover({{.id = job, .graph = line_of({{"source", 1}})}}, now, 9'000);
  auto out = core.on_cancel(job);
  REQUIRE(all<store_record>(out).size() == 1);
  out = stored(record_state::cancel_requested);
  CHECK(all<cancel_running_job>(out).empty());
  out = core.on_claimed(job, true, 9'000);
  CHECK(all<cancel_running_job>(out).size() == 1);
}
