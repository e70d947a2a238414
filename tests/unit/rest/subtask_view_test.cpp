#include "rest/subtask_view.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <vector>

using namespace weir;

namespace {

struct group_of {
  std::vector<subtask_status> subtasks;
  std::vector<const subtask_status*> pointers;

  explicit group_of(std::initializer_list<task_state> states) {
    for (task_state state : states) {
      subtask_status subtask;
      subtask.state = state;
      subtasks.push_back(subtask);
    }
    for (const subtask_status& subtask : subtasks)
      pointers.push_back(&subtask);
  }
};

task_state aggregate(std::initializer_list<task_state> states) {
  return aggregate_state(group_of{states}.pointers);
}

using enum task_state;

} // namespace

TEST_CASE("a vertex is in the worst state of its subtasks") {
  CHECK(aggregate({running, failed, finished}) == failed);
  CHECK(aggregate({canceled, canceling, running}) == canceling);
  CHECK(aggregate({canceled, running}) == canceled);
  CHECK(aggregate({initializing, running}) == initializing);
}

TEST_CASE("a vertex runs from its first running subtask until all have finished") {
  CHECK(aggregate({deploying, running}) == running);
  CHECK(aggregate({finished, scheduled}) == running);
  CHECK(aggregate({finished, finished}) == finished);
  CHECK(aggregate({deploying, scheduled}) == scheduled);
  CHECK(aggregate({}) == created);
}

TEST_CASE("a group runs from its first deployment to its last end") {
  group_of group{finished, finished};
  group.subtasks[0].entered_wall_ms = {{deploying, 100}, {finished, 300}};
  group.subtasks[1].entered_wall_ms = {{deploying, 50}, {finished, 900}};
  run_times times = times_of(group.pointers, 5'000);
  CHECK(times.start_wall_ms == 50);
  CHECK(times.end_wall_ms == 900);
  CHECK(times.duration_ms == 850);
}

TEST_CASE("a group that still runs has no end and lasts until now") {
  group_of group{finished, running};
  group.subtasks[0].entered_wall_ms = {{deploying, 100}, {finished, 300}};
  group.subtasks[1].entered_wall_ms = {{deploying, 150}};
  run_times times = times_of(group.pointers, 5'000);
  CHECK(times.end_wall_ms == -1);
  CHECK(times.duration_ms == 4'900);
}

TEST_CASE("what was not deployed has no times") {
  group_of group{scheduled};
  group.subtasks[0].entered_wall_ms = {{created, 100}, {scheduled, 120}};
  run_times times = times_of(group.pointers, 5'000);
  CHECK(times.start_wall_ms == -1);
  CHECK(times.duration_ms == -1);
}

TEST_CASE("aggregated metrics describe the spread over subtasks") {
  group_of group{running, running, running, running, running};
  for (std::size_t i = 0; i < 5; ++i)
    group.subtasks[i].metrics.records_in = (i + 1) * 10;
  nlohmann::json records = aggregated_json(group.pointers, 0)["metrics"]["read-records"];
  CHECK(records["min"] == 10);
  CHECK(records["max"] == 50);
  CHECK(records["sum"] == 150);
  CHECK(records["avg"] == 30);
  CHECK(records["median"] == 30);
  CHECK(records["p25"] == 20);
  CHECK(records["p75"] == 40);
  CHECK(records["p95"] == 50);
}

TEST_CASE("the time in each state ends where the next one begins") {
  subtask_status subtask;
  subtask.state = running;
  subtask.entered_wall_ms = {{created, 1'000}, {scheduled, 1'010}, {deploying, 1'100}, {running, 1'500}};
  nlohmann::json durations = subtask_json(subtask, 3'000)["status-duration"];
  CHECK(durations["CREATED"] == 10);
  CHECK(durations["SCHEDULED"] == 90);
  CHECK(durations["DEPLOYING"] == 400);
  CHECK(durations["RUNNING"] == 1'500);
  CHECK(durations["INITIALIZING"] == -1);
}
