#include "scheduler/execution_graph.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using enum task_state;

namespace {

struct two_by_two {
  execution_graph execution{job_numbered(1), line_of({{"source", 2}, {"sink", 2}}), epoch_3, 1'000};
  execution_attempt& first() { return execution.attempts()[0][0]; }
};

} // namespace

TEST_CASE_FIXTURE(two_by_two, "each subtask has one attempt with a name of its own") {
  CHECK(execution.counts().at(created) == 4);
  attempt_id id = execution.attempts()[1][1].id;
  CHECK(id == attempt_id{.job = job_numbered(1), .vertex = 1, .subtask = 1, .epoch = epoch_3, .number = 1});
  CHECK(execution.find(id) == &execution.attempts()[1][1]);
  CHECK(execution.task_name(id) == "sink (2/2)");
}

TEST_CASE_FIXTURE(two_by_two, "only the present attempt of a subtask is found") {
  attempt_id id = first().id;
  attempt_id other_number = id, other_epoch = id, other_job = id, no_vertex = id, no_subtask = id;
  other_number.number = 2;
  other_epoch.epoch = leader_epoch{2};
  other_job.job = job_numbered(2);
  no_vertex.vertex = 2;
  no_subtask.subtask = 2;
  for (const attempt_id& each : {other_number, other_epoch, other_job, no_vertex, no_subtask})
    CHECK(execution.find(each) == nullptr);
}

TEST_CASE_FIXTURE(two_by_two, "an attempt only moves forward") {
  const task_state forward[]{created, scheduled, deploying, initializing, running, canceling, finished};
  for (std::size_t from = 0; from < std::size(forward); ++from) {
    for (std::size_t to = 0; to < std::size(forward); ++to) {
      two_by_two fresh;
      fresh.execution.advance(fresh.first(), forward[from], 0);
      CAPTURE(to_string(forward[from]));
      CAPTURE(to_string(forward[to]));
      CHECK(fresh.execution.advance(fresh.first(), forward[to], 0) == (to > from));
    }
  }
}

TEST_CASE_FIXTURE(two_by_two, "the first terminal state is the last") {
  for (task_state end : {finished, canceled, failed}) {
    two_by_two fresh;
    CHECK(fresh.execution.advance(fresh.first(), end, 0));
    for (task_state late : {running, canceling, finished, canceled, failed})
      CHECK_FALSE(fresh.execution.advance(fresh.first(), late, 0));
    CHECK(fresh.first().state == end);
  }
}

TEST_CASE_FIXTURE(two_by_two, "states are counted and stamped as they are entered") {
  execution.advance(first(), deploying, 1'005);
  execution.advance(first(), running, 1'010);
  CHECK(execution.counts() == std::map<task_state, std::uint32_t>{{created, 3}, {running, 1}});
  CHECK(first().entered_wall_ms ==
        std::map<task_state, std::int64_t>{{created, 1'000}, {deploying, 1'005}, {running, 1'010}});
}

TEST_CASE_FIXTURE(two_by_two, "a graph has ended when each attempt has, and finished when each finished") {
  for (std::uint32_t v = 0; v < 2; ++v)
    for (std::uint32_t s = 0; s < 2; ++s) {
      CHECK_FALSE(execution.all_terminal());
      execution.advance(execution.attempts()[v][s], v + s == 2 ? canceled : finished, 0);
    }
  CHECK(execution.all_terminal());
  CHECK_FALSE(execution.all_finished());
}

TEST_CASE_FIXTURE(two_by_two,
                  "a subtask that begins anew has an attempt of the next number with nothing of the last") {
  first().results = {{"out", "old"}};
  first().worker = "w";
  execution.advance(first(), failed, 1'010);
  attempt_id old = first().id;
  execution.begin_anew(0, 0, 1'020);
  CHECK_FALSE(execution.is_present(old));
  CHECK(first().id.number == 2);
  CHECK(first().state == created);
  CHECK(first().entered_wall_ms == std::map<task_state, std::int64_t>{{created, 1'020}});
  CHECK(first().results.empty());
  CHECK(first().worker.empty());
  CHECK(execution.counts() == std::map<task_state, std::uint32_t>{{created, 4}});
}
