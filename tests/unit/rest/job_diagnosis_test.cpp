#include "example_job.hpp"

#include "rest/job_diagnosis.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;
using lines = std::vector<std::string>;

TEST_CASE("a slow task is found behind the ones it holds up") {
  CHECK(diagnose(example_job(), {}, example_workers()) ==
        lines{"The job is RUNNING.",
              "lines -> <words> (1/2) is held up by what it writes to (80 % of its time).",
              "count -> write (1/2) is busy (95 % of its time): it is what the others wait for."});
}

TEST_CASE("a job whose tasks are idle waits for its input") {
  job_details job = example_job();
  for (auto& subtasks : job.vertices)
    for (subtask_status& subtask : subtasks)
      subtask.metrics = {.idle_ms = 100'000};
  CHECK(diagnose(job, {}, example_workers()).back() ==
        "All tasks are idle: the sources have nothing to read.");
}

TEST_CASE("a job that lacks slots is told who has them") {
  job_details job = example_job();
  job.summary.id = job_id{{1, 1}};
  job.summary.state = job_state::created;
  job.waiting_for = "2 of 4 slots are missing";
  CHECK(diagnose(job, std::vector{example_job().summary}, example_workers()) ==
        lines{"The job is CREATED.", "It waits: 2 of 4 slots are missing.",
              "2 of 4 slots are free, on 2 workers.",
              "Job 0123456789abcdeffedcba9876543210 (word count) holds 2."});
}

TEST_CASE("a job without any worker is told to start one") {
  job_details job = example_job();
  job.waiting_for = "2 of 2 slots are missing";
  CHECK(diagnose(job, {}, {}).back().starts_with("No worker is registered: start one"));
}

TEST_CASE("a failed job names the failure that came first") {
  job_details job = example_job();
  job.summary.state = job_state::failed;
  job.failures = {{"later", "", "", 2}, {"std::runtime_error: boom", "count (1/2)", "w1", 1}};
  CHECK(diagnose(job, {}, {}) == lines{"The job is FAILED.", "count (1/2) on w1: std::runtime_error: boom"});
}

TEST_CASE("a job that is being canceled names the tasks that have not ended") {
  job_details job = example_job();
  job.summary.state = job_state::cancelling;
  for (auto& subtasks : job.vertices)
    for (subtask_status& subtask : subtasks)
      subtask.state = task_state::canceled;
  job.vertices[1][0].state = task_state::canceling;
  CHECK(diagnose(job, {}, {}) ==
        lines{"The job is CANCELLING.", "count -> write (1/2) is CANCELING on 10.0.0.1:5001-aaaaaa."});
}

TEST_CASE("a job that starts names the tasks that do not run yet") {
  job_details job = example_job();
  job.vertices[0][1].state = task_state::deploying;
  CHECK(diagnose(job, {}, {}).back() == "lines -> <words> (2/2) is DEPLOYING on 10.0.0.2:5001-bbbbbb.");
}
