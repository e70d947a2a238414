#include "example_job.hpp"
#include "rest_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

TEST_CASE_FIXTURE(rest_fixture, "GET /config has the fields the dashboard needs first") {
  answer got = get("/config");
  CHECK(got.status == 200);
  CHECK(got.content_type == "application/json; charset=UTF-8");
  expect_fields(got.body, "refresh-interval:int timezone-name:text timezone-offset:int flink-version:text "
                          "flink-revision:text features:object");
  expect_fields(got.body["features"], "web-submit:bool web-cancel:bool web-rescale:bool web-history:bool");
  CHECK(got.body["features"]["web-submit"] == false);
}

TEST_CASE_FIXTURE(rest_fixture, "GET /overview counts workers, slots and jobs") {
  cluster.worker_list = example_workers();
  cluster.job_list = {example_job(), example_job(), example_job()};
  cluster.job_list[1].summary.state = job_state::finished;
  cluster.job_list[2].summary.state = job_state::failed;
  answer got = get("/v1/overview");
  expect_fields(got.body,
                "taskmanagers:int slots-total:int slots-available:int jobs-running:int jobs-finished:int "
                "jobs-cancelled:int jobs-failed:int flink-version:text flink-commit:text");
  CHECK(got.body["taskmanagers"] == 2);
  CHECK(got.body["slots-total"] == 4);
  CHECK(got.body["slots-available"] == 2);
  CHECK(got.body["jobs-running"] == 1);
  CHECK(got.body["jobs-finished"] == 1);
  CHECK(got.body["jobs-cancelled"] == 0);
  CHECK(got.body["jobs-failed"] == 1);
}

TEST_CASE_FIXTURE(rest_fixture, "GET /jobmanager/config lists what was configured") {
  answer got = get("/jobmanager/config");
  REQUIRE(got.body.is_array());
  CHECK(got.body[0] == nlohmann::json{{"key", "rest.port"}, {"value", "0"}});
}

TEST_CASE_FIXTURE(rest_fixture, "DELETE /cluster answers before the cluster shuts down") {
  answer got = send("DELETE", "/cluster");
  CHECK(got.status == 200);
  CHECK(got.body == nlohmann::json::object());
  CHECK(shut_down);
}

TEST_CASE_FIXTURE(rest_fixture, "a cluster that does not answer is a JSON error with its reason") {
  cluster.failure = error{errc::timed_out, "the resource manager did not answer within web.timeout"};
  for (const char* path : {"/overview", "/jobs", "/jobs/overview", "/taskmanagers", "/taskmanagers/x",
                           "/jobs/0123456789abcdeffedcba9876543210"}) {
    answer got = get(path);
    CHECK(got.status == 503);
    CHECK(got.error_text() == "the resource manager did not answer within web.timeout");
  }
}
