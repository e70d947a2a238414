#include "example_job.hpp"
#include "rest_fixture.hpp"

#include "rest/inspection.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

struct inspection_fixture : rest_fixture {
  inspection_fixture() {
    cluster.job_list = {example_job()};
    cluster.worker_list = example_workers();
  }

  answer inspect(const std::string& name) { return get("/inspect?name=" + encode_escapes(name)); }
};

} // namespace

TEST_CASE_FIXTURE(inspection_fixture, "the tasks of a job come in one list with readable names") {
  answer got = get(std::string{"/jobs/"} + example_id_text + "/tasks");
  REQUIRE(got.body["tasks"].size() == 4);
  CHECK(got.body["tasks"][3]["name"] == "count -> write (2/2)");
  CHECK(got.body["tasks"][3]["id"] == std::string{example_id_text} + "/v1/s1/e3-1");
}

TEST_CASE_FIXTURE(inspection_fixture, "why a job waits is told in sentences") {
  answer got = get(std::string{"/jobs/"} + example_id_text + "/why");
  REQUIRE(got.body["why"].is_array());
  CHECK(got.body["why"][0] == "The job is RUNNING.");
}

TEST_CASE_FIXTURE(inspection_fixture, "every actor is found by its name") {
  CHECK(inspect("dispatcher").body["jobs"].size() == 1);
  CHECK(inspect("resource-manager").body["slots-available"] == 2);
  CHECK(inspect(example_id_text).body["actor"] == "job-manager");
  CHECK(inspect("10.0.0.1:5001-aaaaaa").body["actor"] == "task-manager");
  answer slot = inspect("10.0.0.1:5001-aaaaaa/0");
  CHECK(slot.body["actor"] == "slot");
  CHECK(slot.body["jobId"] == example_id_text);
  CHECK(slot.body["tasks-of-job-on-worker"].size() == 2);
  for (const char* attempt : {"", "/e3-1"}) {
    answer task = inspect(std::string{example_id_text} + "/v1/s0" + attempt);
    CHECK(task.body["actor"] == "task");
    CHECK(task.body["chain"].size() == 2);
    CHECK(task.body["inputs"].size() == 1);
  }
}

TEST_CASE_FIXTURE(inspection_fixture, "what is not there is 404 with a hint") {
  CHECK(get("/inspect").status == 400);
  CHECK(inspect("nobody").error_text().starts_with("There is no actor nobody: name a job"));
  CHECK(inspect("10.0.0.1:5001-aaaaaa/9").status == 404);
  CHECK(inspect(std::string{example_id_text} + "/v1/s7").status == 404);
  CHECK(inspect("00000000000000000000000000000001").status == 404);
}

TEST_CASE("a task's name is read with or without its attempt, and nothing else is") {
  auto name = parse_task_name("0123456789abcdeffedcba9876543210/v12/s3/e1-2");
  REQUIRE(name.has_value());
  CHECK(name->job == example_id);
  CHECK(name->vertex == 12);
  CHECK(name->subtask == 3);
  for (const char* bad :
       {"", "/v1/s1", "xyz/v1/s1", "0123456789abcdeffedcba9876543210/v1",
        "0123456789abcdeffedcba9876543210/v1/s", "0123456789abcdeffedcba9876543210/v1/s1x",
        "0123456789abcdeffedcba9876543210/v-1/s1", "0123456789abcdeffedcba9876543210/v99999999999/s1"})
    CHECK_FALSE_MESSAGE(parse_task_name(bad), bad);
}
