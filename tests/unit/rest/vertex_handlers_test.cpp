#include "example_job.hpp"
#include "rest_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

struct vertex_fixture : rest_fixture {
  vertex_fixture() { cluster.job_list = {example_job()}; }

  answer vertex(const std::string& id, const std::string& part = "") {
    return get(std::string{"/jobs/"} + example_id_text + "/vertices/" + id + part);
  }
};

constexpr const char* metric_fields =
    "read-bytes:int read-bytes-complete:bool write-bytes:int write-bytes-complete:bool read-records:int "
    "read-records-complete:bool write-records:int write-records-complete:bool "
    "accumulated-backpressured-time:int "
    "accumulated-idle-time:int accumulated-busy-time:number";

} // namespace

TEST_CASE_FIXTURE(vertex_fixture, "a vertex shows each subtask and the spread over them") {
  answer got = vertex(count_vertex_text);
  CHECK(got.status == 200);
  expect_fields(got.body, "id:text name:text parallelism:int maxParallelism:int now:int aggregated:object "
                          "subtasks:list");
  expect_fields(got.body["aggregated"], "metrics:object status-duration:object");
  expect_fields(got.body["aggregated"]["metrics"]["read-records"],
                "min:number max:number avg:number sum:number median:number p25:number p75:number p95:number");
  CHECK(got.body["aggregated"]["metrics"]["read-records"]["sum"] == 1000);
  REQUIRE(got.body["subtasks"].size() == 2);
  for (const auto& subtask : got.body["subtasks"]) {
    expect_fields(subtask,
                  "subtask:int status:text attempt:int host:text endpoint:text start-time:int end-time:int "
                  "duration:int metrics:object taskmanager-id:text status-duration:object");
    expect_fields(subtask["metrics"], metric_fields);
    CHECK(subtask["status"] == "RUNNING");
    CHECK(subtask["end-time"] == -1);
  }
  CHECK(got.body["subtasks"][1]["taskmanager-id"] == "10.0.0.2:5001-bbbbbb");
  CHECK(got.body["subtasks"][1]["start-time"] == started_wall_ms + 101);
}

TEST_CASE_FIXTURE(vertex_fixture, "the times of a vertex's subtasks name every state") {
  answer got = vertex(words_vertex_text, "/subtasktimes");
  expect_fields(got.body, "id:text name:text now:int subtasks:list");
  const auto& subtask = got.body["subtasks"][0];
  expect_fields(subtask, "subtask:int host:text duration:int timestamps:object");
  expect_fields(subtask["timestamps"], "CREATED:int SCHEDULED:int DEPLOYING:int INITIALIZING:int RUNNING:int "
                                       "FINISHED:int CANCELING:int CANCELED:int FAILED:int RECONCILING:int");
  CHECK(subtask["timestamps"]["RUNNING"] == started_wall_ms + 300);
  CHECK(subtask["timestamps"]["FINISHED"] == 0);
}

TEST_CASE_FIXTURE(vertex_fixture, "the workers of a vertex share out its subtasks") {
  cluster.job_list[0].vertices[0][1].worker = "";
  answer got = vertex(words_vertex_text, "/taskmanagers");
  expect_fields(got.body, "id:text name:text now:int taskmanagers:list");
  REQUIRE(got.body["taskmanagers"].size() == 2);
  for (const auto& worker : got.body["taskmanagers"]) {
    expect_fields(worker, "host:text status:text start-time:int end-time:int duration:int metrics:object "
                          "status-counts:object taskmanager-id:text aggregated:object");
    CHECK(worker["status-counts"]["RUNNING"] == 1);
  }
  CHECK(got.body["taskmanagers"][0]["taskmanager-id"] == "(unassigned)");
}

TEST_CASE_FIXTURE(vertex_fixture, "an unknown vertex or job is 404, and what is no id is 400") {
  CHECK(vertex("000000000000000000000000000000ff").status == 404);
  CHECK(
      get("/jobs/00000000000000000000000000000001/vertices/00000000000000000000000000000002").error_text() ==
      "Job 00000000000000000000000000000001 not found");
  CHECK(vertex("first").status == 400);
}
