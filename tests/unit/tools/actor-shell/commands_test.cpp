#include "example_cluster.hpp"

#include "scheduler/checkpoint_history.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace weir;
using namespace weir::testing;

namespace {

const std::string example = example_id_text;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(example_cluster, "nodes shows the master's version and each worker") {
  std::string text = shown(*this, "nodes");
  CHECK(text.starts_with("weir 0.1.0 (1a2b3c4): 2 workers, 2 of 4 slots free, 1 job running\n"));
  std::string worker = line_with(text, "10.0.0.1:5001-aaaaaa");
  for (const char* value : {"30 MiB", "1 MiB", "4001", "1 s ago", " 4 "})
    CHECK_MESSAGE(contains(worker, value), worker);
  line_with(text, "10.0.0.2:5001-bbbbbb");
}

TEST_CASE_FIXTURE(example_cluster, "a heartbeat from a clock that is ahead was just now") {
  rest.cluster.worker_list[0].last_heartbeat_wall_ms = rest.clock.wall + 60'000;
  CHECK(contains(line_with(shown(*this, "nodes"), "aaaaaa"), "0 ms ago"));
}

TEST_CASE_FIXTURE(example_cluster, "a cluster without workers says how to start one") {
  rest.cluster.worker_list.clear();
  for (const char* command : {"nodes", "slots"}) {
    std::string text = shown(*this, command);
    CHECK(contains(text, "No worker is registered"));
    CHECK(contains(text, "weir-node --role=worker"));
  }
}

TEST_CASE_FIXTURE(example_cluster, "slots shows which job holds each, under the name that inspect takes") {
  std::string text = shown(*this, "slots");
  std::string taken = line_with(text, "10.0.0.1:5001-aaaaaa/0");
  CHECK(contains(taken, "taken"));
  CHECK(contains(taken, example + "  word count"));
  CHECK(contains(taken, "64 MiB"));
  CHECK(contains(taken, "32 MiB"));
  std::string free = line_with(text, "10.0.0.1:5001-aaaaaa/1");
  CHECK(contains(free, "free"));
  CHECK_FALSE(contains(free, example));
}

TEST_CASE_FIXTURE(example_cluster, "jobs that have not ended come first, then the newest") {
  add_job({{2, 2}}, "earlier", job_state::finished, started_wall_ms - 2'000);
  add_job({{3, 3}}, "later", job_state::failed, started_wall_ms + 2'000);
  add_job({{4, 4}}, "newest", job_state::created, started_wall_ms + 4'000);
  std::string text = shown(*this, "jobs");
  std::size_t newest = text.find("newest");
  std::size_t running = text.find("word count");
  std::size_t later = text.find("later");
  std::size_t earlier = text.find("earlier");
  CHECK(newest < running);
  CHECK(running < later);
  CHECK(later < earlier);
  CHECK(earlier != std::string::npos);
  std::string line = line_with(text, example);
  for (const char* value : {"RUNNING", "1 min 40 s", "4 running"})
    CHECK_MESSAGE(contains(line, value), line);
}

TEST_CASE_FIXTURE(example_cluster, "a cluster without jobs says how to start one") {
  rest.cluster.job_list.clear();
  CHECK(contains(shown(*this, "jobs"), "weir run"));
  CHECK(contains(shown(*this, "tasks"), "No job is running"));
}

TEST_CASE_FIXTURE(example_cluster, "tasks shows where each runs and where its time goes") {
  std::string text = shown(*this, "tasks 0123");
  CHECK(text.starts_with("job " + example + " (word count, RUNNING)\n"));
  std::string count = line_with(text, "count -> write (2/2)");
  CHECK(count.starts_with("v1/s1"));
  for (const char* value : {"RUNNING", "10.0.0.2:5001-bbbbbb", "500", "95 %", "5 %"})
    CHECK_MESSAGE(contains(count, value), count);
  CHECK(contains(line_with(text, "lines -> <words> (1/2)"), "80 %"));
}

TEST_CASE_FIXTURE(example_cluster, "tasks without a job shows those of all jobs that have not ended") {
  add_job({{2, 2}}, "over", job_state::finished, started_wall_ms);
  add_job({{3, 3}}, "second", job_state::running, started_wall_ms + 1);
  std::string text = shown(*this, "tasks");
  CHECK(contains(text, "(second, RUNNING)"));
  CHECK(contains(text, "(word count, RUNNING)"));
  CHECK_FALSE(contains(text, "over"));
  CHECK(contains(shown(*this, "tasks over"), "(over, FINISHED)"));
}

TEST_CASE_FIXTURE(example_cluster, "a task without a slot is shown as one") {
  auto& task = rest.cluster.job_list[0].vertices[0][0];
  task.worker.clear();
  task.state = task_state::scheduled;
  task.metrics = {};
  std::string line = line_with(shown(*this, "tasks"), "lines -> <words> (1/2)");
  CHECK(contains(line, "SCHEDULED"));
  CHECK(contains(line, "(unassigned)"));
}

TEST_CASE_FIXTURE(example_cluster, "why follows what a job waits for, a step a line") {
  std::string text = shown(*this, "why word\\ count");
  CHECK(text.starts_with("The job is RUNNING.\n  "));
  CHECK(contains(text,
                 "\n  count -> write (1/2) is busy (95 % of its time): it is what the others wait for.\n"));
}

TEST_CASE_FIXTURE(example_cluster, "checkpoints shows those of a job, and says when it takes none") {
  CHECK(contains(failure_of(*this, "checkpoints 0123").message(), "Checkpointing has not been enabled."));
  checkpoint_history history{{}};
  history.on_triggered({.id = 7, .triggered_wall_ms = started_wall_ms});
  history.on_completed(7, "/checkpoints/chk-7", started_wall_ms + 30);
  rest.cluster.job_list[0].checkpoints = std::make_shared<const checkpoint_overview>(history.overview());
  std::string text = shown(*this, "checkpoints 0123");
  CHECK(text.starts_with("1 checkpoint: 1 completed, 0 failed, 0 in progress\n"));
  CHECK(contains(line_with(text, "COMPLETED"), "30 ms"));
}

TEST_CASE_FIXTURE(example_cluster, "a job that does not exist is an error of every command that takes one") {
  for (const char* command : {"tasks nosuch", "why nosuch", "checkpoints nosuch"})
    CHECK(contains(failure_of(*this, command).message(), "There is no job 'nosuch'"));
}

TEST_CASE_FIXTURE(example_cluster,
                  "inspecting a task shows its flow, its chain and where its input comes from") {
  std::string text = shown(*this, "inspect count -> write (1/2)");
  CHECK(contains(line_with(text, "attempt"), example + "/v1/s0/e3-1"));
  CHECK(contains(line_with(text, "in  "), "500 records, 4.9 KiB"));
  CHECK(contains(line_with(text, "time"), "busy 95 %, backpressured 0 %, idle 5 %"));
  CHECK(contains(line_with(text, "sink"), "write"));
  std::string input = line_with(text, "HASH");
  CHECK(input.starts_with("lines -> <words>"));
  CHECK(contains(input, "word_count"));
}

TEST_CASE_FIXTURE(example_cluster,
                  "inspecting a job shows how it was submitted, its vertices and its failures") {
  job_details& job = rest.cluster.job_list[0];
  job.summary.state = job_state::failed;
  job.waiting_for = "2 of 4 slots are missing";
  job.failures = {{"the user's exception: out of cheese\nat line 3", "count -> write (1/2)",
                   "10.0.0.1:5001-aaaaaa", started_wall_ms + 5'000}};
  std::string text = shown(*this, "inspect 0123");
  CHECK(contains(line_with(text, "state"), "FAILED"));
  CHECK(contains(line_with(text, "waits for"), "2 of 4 slots are missing"));
  CHECK(contains(line_with(text, "argument"), "--input=texts"));
  CHECK(contains(line_with(text, "library"), "word_count.so"));
  CHECK(contains(line_with(text, "v1"), "count -> write"));
  CHECK(contains(line_with(text, "out of cheese"), "10.0.0.1:5001-aaaaaa"));
}

TEST_CASE_FIXTURE(example_cluster, "inspecting a worker shows its machine, its slots and its tasks") {
  std::string text = shown(*this, "inspect 10.0.0.1");
  CHECK(contains(line_with(text, "machine"), "4 cores, 8 GiB"));
  CHECK(contains(line_with(text, "heartbeat"), "1 s ago"));
  CHECK(contains(line_with(text, "taken"), example));
  CHECK(contains(line_with(text, example + "/v1/s0/e3-1"), "RUNNING"));
}

TEST_CASE_FIXTURE(example_cluster, "inspecting a slot shows who holds it") {
  std::string taken = shown(*this, "inspect 10.0.0.2/0");
  CHECK(contains(line_with(taken, "job "), example));
  line_with(taken, example + "/v0/s1/e3-1");
  std::string free = shown(*this, "inspect 10.0.0.2/1");
  CHECK(contains(line_with(free, "state"), "free"));
  CHECK_FALSE(contains(free, example));
}

TEST_CASE_FIXTURE(example_cluster, "inspecting the master's own actors shows what they hold") {
  CHECK(contains(line_with(shown(*this, "inspect dispatcher"), example), "word count"));
  std::string manager = shown(*this, "inspect resource-manager");
  CHECK(contains(line_with(manager, "slots  "), "2 of 4 free"));
  CHECK(contains(line_with(manager, "10.0.0.2:5001-bbbbbb"), "1 s ago"));
}

TEST_CASE_FIXTURE(example_cluster, "a failure of the master is the error of every command") {
  rest.cluster.failure = error{errc::unavailable, "the master is shutting down"};
  for (const char* command :
       {"nodes", "slots", "jobs", "tasks", "tasks 0123", "why 0123", "checkpoints 0123", "inspect 0123"}) {
    CAPTURE(command);
    CHECK(contains(failure_of(*this, command).message(), "the master is shutting down"));
  }
}
