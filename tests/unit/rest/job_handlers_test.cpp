#include "example_job.hpp"
#include "rest_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

struct job_fixture : rest_fixture {
  job_fixture() { cluster.job_list = {example_job()}; }

  job_details& job() { return cluster.job_list.front(); }

  void end_job(job_state state) {
    job().summary.state = state;
    job().summary.end_wall_ms = started_wall_ms + 50'000;
    job().entered_wall_ms[state] = started_wall_ms + 50'000;
  }

  void fail_job() {
    job().failures = {
        {"worker 10.0.0.2:5001-bbbbbb is lost", "", "10.0.0.2:5001-bbbbbb", started_wall_ms + 50'000},
        {"std::runtime_error: boom", "count -> write (1/2)", "10.0.0.1:5001-aaaaaa",
         started_wall_ms + 49'000}};
    end_job(job_state::failed);
  }

  answer part(const std::string& path = "") { return get(std::string{"/jobs/"} + example_id_text + path); }
};

constexpr const char* unknown = "/jobs/00000000000000000000000000000001";

} // namespace

TEST_CASE_FIXTURE(job_fixture, "GET /jobs lists ids and states") {
  CHECK(get("/jobs").body == nlohmann::json{{"jobs", {{{"id", example_id_text}, {"status", "RUNNING"}}}}});
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/overview counts tasks by state in lower case") {
  answer got = get("/jobs/overview");
  const auto& entry = got.body["jobs"][0];
  expect_fields(
      entry, "jid:text name:text state:text start-time:int end-time:int duration:int last-modification:int "
             "tasks:object");
  expect_fields(entry["tasks"], "total:int created:int scheduled:int deploying:int running:int finished:int "
                                "canceling:int canceled:int failed:int reconciling:int initializing:int");
  CHECK(entry["tasks"]["total"] == 4);
  CHECK(entry["tasks"]["running"] == 4);
  CHECK(entry["end-time"] == -1);
  CHECK(entry["duration"] == 100'000);
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/:id has every field of a job and its vertices") {
  answer got = part();
  expect_fields(got.body,
                "jid:text name:text isStoppable:bool state:text start-time:int end-time:int duration:int "
                "maxParallelism:int now:int timestamps:object vertices:list status-counts:object "
                "plan:object job-type:text");
  expect_fields(got.body["timestamps"],
                "INITIALIZING:int CREATED:int RUNNING:int FAILING:int FAILED:int CANCELLING:int CANCELED:int "
                "FINISHED:int RESTARTING:int SUSPENDED:int RECONCILING:int");
  CHECK(got.body["timestamps"]["RUNNING"] == started_wall_ms + 300);
  CHECK(got.body["status-counts"]["RUNNING"] == 2);
  CHECK(got.body["status-counts"]["FAILED"] == 0);
  REQUIRE(got.body["vertices"].size() == 2);
  const auto& vertex = got.body["vertices"][0];
  expect_fields(vertex,
                "id:text slotSharingGroupId:text name:text maxParallelism:int parallelism:int status:text "
                "start-time:int end-time:int duration:int tasks:object metrics:object");
  expect_fields(vertex["tasks"],
                "CREATED:int SCHEDULED:int DEPLOYING:int RUNNING:int FINISHED:int CANCELING:int "
                "CANCELED:int FAILED:int RECONCILING:int INITIALIZING:int");
  CHECK(vertex["tasks"]["RUNNING"] == 2);
  CHECK(vertex["metrics"]["write-records"] == 1400);
  expect_fields(got.body["plan"], "jid:text name:text type:text nodes:list");
  CHECK(got.body["plan"]["nodes"][1]["id"] == vertex["id"].get<std::string>().replace(31, 1, "4"));
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/:id/status and /plan") {
  CHECK(part("/status").body == nlohmann::json{{"status", "RUNNING"}});
  CHECK(part("/plan").body["plan"]["nodes"].size() == 2);
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/:id/config says how the job was submitted") {
  answer got = part("/config");
  expect_fields(got.body, "jid:text name:text execution-config:object");
  expect_fields(got.body["execution-config"], "execution-mode:text restart-strategy:text job-parallelism:int "
                                              "object-reuse-mode:bool user-config:object");
  CHECK(got.body["execution-config"]["job-parallelism"] == 2);
  CHECK(got.body["execution-config"]["user-config"]["pipeline.operator-chaining.enabled"] == "true");
  CHECK(got.body["arguments"] == nlohmann::json::array({"--input=texts"}));
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/:id/exceptions of a job without failures is empty") {
  answer got = part("/exceptions");
  expect_fields(got.body, "root-exception:null all-exceptions:list truncated:bool exceptionHistory:object");
  CHECK(got.body["exceptionHistory"] ==
        nlohmann::json{{"entries", nlohmann::json::array()}, {"truncated", false}});
}

TEST_CASE_FIXTURE(job_fixture,
                  "GET /jobs/:id/exceptions lists failures, newest first, as many as asked for") {
  fail_job();
  answer got = part("/exceptions");
  const auto& entries = got.body["exceptionHistory"]["entries"];
  REQUIRE(entries.size() == 2);
  for (const auto& entry : entries)
    expect_fields(entry,
                  "exceptionName:text stacktrace:text timestamp:int taskName:text|null location:text|null "
                  "taskManagerId:text|null failureLabels:object concurrentExceptions:list");
  CHECK(entries[0]["taskName"].is_null());
  CHECK(entries[1]["stacktrace"] == "std::runtime_error: boom");
  CHECK(got.body["root-exception"] == "worker 10.0.0.2:5001-bbbbbb is lost");
  expect_fields(got.body["all-exceptions"][1],
                "exception:text task:text location:text timestamp:int taskManagerId:text");

  answer one = part("/exceptions?maxExceptions=1");
  CHECK(one.body["exceptionHistory"]["entries"].size() == 1);
  CHECK(one.body["exceptionHistory"]["truncated"] == true);
  CHECK(one.body["truncated"] == true);
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/:id/execution-result tells that a job still runs") {
  CHECK(part("/execution-result").body == nlohmann::json{{"status", {{"id", "IN_PROGRESS"}}}});
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/:id/execution-result gives the results of a job that has ended") {
  job().results = {{"top", "a\tb"}};
  end_job(job_state::finished);
  answer got = part("/execution-result");
  CHECK(got.body["status"]["id"] == "COMPLETED");
  const auto& outcome = got.body["job-execution-result"];
  expect_fields(outcome, "id:text application-status:text accumulator-results:object net-runtime:int");
  CHECK(outcome["application-status"] == "SUCCEEDED");
  CHECK(outcome["net-runtime"] == 50'000);
  CHECK(outcome["accumulator-results"]["top"] == "YQli");
  CHECK_FALSE(outcome.contains("failure-cause"));
}

TEST_CASE_FIXTURE(job_fixture, "GET /jobs/:id/execution-result gives the cause of a failure") {
  fail_job();
  answer got = part("/execution-result");
  CHECK(got.body["job-execution-result"]["application-status"] == "FAILED");
  expect_fields(got.body["job-execution-result"]["failure-cause"],
                "class:text stack-trace:text serialized-throwable:text");
}

TEST_CASE_FIXTURE(job_fixture,
                  "GET /jobs/:id/accumulators gives results as text, and serialized when asked") {
  job().results = {{"top", "x"}};
  answer got = part("/accumulators");
  expect_fields(got.body,
                "job-accumulators:list user-task-accumulators:list serialized-user-task-accumulators:object");
  CHECK(got.body["job-accumulators"].empty());
  CHECK(got.body["user-task-accumulators"][0] ==
        nlohmann::json{{"name", "top"}, {"type", "String"}, {"value", "x"}});
  CHECK(got.body["serialized-user-task-accumulators"].empty());
  CHECK(part("/accumulators?includeSerializedValue=true").body["serialized-user-task-accumulators"]["top"] ==
        "eA==");
}

TEST_CASE_FIXTURE(job_fixture, "a job is canceled by PATCH, with or without a mode, and by yarn-cancel") {
  std::string path = std::string{"/jobs/"} + example_id_text;
  for (const answer& got :
       {send("PATCH", path), send("PATCH", path + "?mode=cancel"), get(path + "/yarn-cancel")}) {
    CHECK(got.status == 202);
    CHECK(got.body == nlohmann::json::object());
  }
  CHECK(cluster.canceled == std::vector<job_id>(3, example_id));
}

TEST_CASE_FIXTURE(job_fixture, "a cancel that cannot be is refused with the code Flink's clients know") {
  std::string path = std::string{"/jobs/"} + example_id_text;
  CHECK(send("PATCH", path + "?mode=stop").status == 308);
  CHECK(send("PATCH", path + "?mode=pause").status == 400);
  CHECK(send("PATCH", unknown).status == 404);
  CHECK(send("PATCH", unknown).error_text() == "Job could not be found.");
  end_job(job_state::finished);
  CHECK(send("PATCH", path).status == 409);
  CHECK(cluster.canceled.empty());
  cluster.failure = error{errc::timed_out, "too slow"};
  CHECK(send("PATCH", path).status == 408);
}

TEST_CASE_FIXTURE(job_fixture, "every path of an unknown job is 404, and of what is no id 400") {
  for (const char* path : {"", "/plan", "/status", "/config", "/exceptions", "/execution-result",
                           "/accumulators", "/tasks", "/why"}) {
    answer got = get(unknown + std::string{path});
    CHECK(got.status == 404);
    CHECK(got.error_text() == "Job 00000000000000000000000000000001 not found");
    CHECK(get(std::string{"/jobs/xyz"} + path).status == 400);
  }
}
