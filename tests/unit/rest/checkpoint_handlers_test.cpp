#include "example_job.hpp"
#include "rest_fixture.hpp"

#include "scheduler/checkpoint_history.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace weir;
using namespace weir::testing;
using nlohmann::json;

namespace {

constexpr const char* unknown = "/jobs/00000000000000000000000000000001/checkpoints";

subtask_checkpoint part(std::int64_t after_ms, std::uint64_t written, std::uint64_t all) {
  return {.acknowledged_wall_ms = started_wall_ms + after_ms,
          .written_size = written,
          .state_size = all,
          .timings = {.start_delay_ms = 1, .alignment_ms = 2, .sync_ms = 3, .async_ms = 4}};
}

/// The example job with a completed, a failed and an open checkpoint: 1, 2 and 3.
struct checkpoint_fixture : rest_fixture {
  checkpoint_fixture() {
    cluster.job_list = {example_job()};
    checkpoint_settings settings;
    settings.interval = std::chrono::seconds{1};
    settings.directory = "/checkpoints";
    checkpoint_history history{settings};
    for (checkpoint_id id : {1, 2, 3})
      history.on_triggered(
          {.id = id,
           .full = id == 1,
           .triggered_wall_ms = started_wall_ms + 1'000 * static_cast<std::int64_t>(id),
           .vertices = {std::vector<subtask_checkpoint>(2), std::vector<subtask_checkpoint>(2)}});
    history.on_part(1, 0, 0, part(1'010, 100, 100));
    history.on_part(1, 0, 1, part(1'020, 300, 300));
    history.on_part(1, 1, 0, part(1'030, 1'000, 5'000));
    history.on_part(1, 1, 1, {.finished = true});
    history.on_completed(1, "/checkpoints/chk-1", started_wall_ms + 1'050);
    history.on_part(2, 0, 0, part(2'010, 50, 150));
    history.on_failed(2, "count declined: no space", started_wall_ms + 2'500);
    history.on_part(3, 1, 1, part(3'040, 70, 170));
    history.on_restored({.id = 1, .path = "/checkpoints/chk-1", .restored_wall_ms = started_wall_ms + 2'900});
    job().checkpoints = std::make_shared<const checkpoint_overview>(history.overview());
  }

  job_details& job() { return cluster.job_list.front(); }

  static std::string path(const std::string& below) {
    return std::string{"/jobs/"} + example_id_text + "/checkpoints" + below;
  }
  answer part_of(const std::string& below = "") { return get(path(below)); }
  answer post(const std::string& body = "") { return send("POST", path(""), body); }

  /// Triggers one, and returns the path of its outcome.
  std::string trigger(const std::string& body = "") {
    answer got = post(body);
    CHECK(got.status == 202);
    return path("/" + got.body["request-id"].get<std::string>());
  }
};

constexpr const char* record_fields =
    "className:text id:int status:text is_savepoint:bool savepointFormat:null|text trigger_timestamp:int "
    "latest_ack_timestamp:int checkpointed_size:int state_size:int end_to_end_duration:int "
    "alignment_buffered:int processed_data:int persisted_data:int num_subtasks:int "
    "num_acknowledged_subtasks:int checkpoint_type:text tasks:object";
constexpr const char* summary_fields = "min:int max:int avg:int p50:number|text p90:number|text "
                                       "p95:number|text p99:number|text p999:number|text";

} // namespace

TEST_CASE_FIXTURE(checkpoint_fixture, "GET checkpoints counts them and tells the newest of each kind") {
  answer got = part_of();
  CHECK(got.status == 200);
  CHECK(got.body["counts"] ==
        json{{"restored", 1}, {"total", 3}, {"in_progress", 1}, {"completed", 1}, {"failed", 1}});
  CHECK(got.body["latest"]["completed"]["id"] == 1);
  CHECK(got.body["latest"]["failed"]["id"] == 2);
  CHECK(got.body["latest"]["savepoint"].is_null());
  CHECK(got.body["latest"]["restored"] == json{{"id", 1},
                                               {"restore_timestamp", started_wall_ms + 2'900},
                                               {"is_savepoint", false},
                                               {"external_path", "/checkpoints/chk-1"}});
  for (const char* name : {"checkpointed_size", "state_size", "end_to_end_duration", "alignment_buffered",
                           "processed_data", "persisted_data"})
    expect_fields(got.body["summary"][name], summary_fields);
  CHECK(got.body["summary"]["checkpointed_size"]["max"] == 1'400);
  CHECK(got.body["summary"]["end_to_end_duration"]["p99"] == 50);
}

TEST_CASE_FIXTURE(checkpoint_fixture, "the history has the newest checkpoint first, each with all fields") {
  json history = part_of().body["history"];
  REQUIRE(history.size() == 3);
  for (const json& record : history)
    expect_fields(record, record_fields);
  CHECK(history[0]["id"] == 3);
  CHECK(history[0]["status"] == "IN_PROGRESS");
  CHECK(history[0]["className"] == "in_progress");
  CHECK(history[0]["end_to_end_duration"] == 40);
  CHECK(history[0]["num_acknowledged_subtasks"] == 1);
  CHECK(history[1]["className"] == "failed");
  CHECK(history[1]["failure_message"] == "count declined: no space");
  CHECK(history[1]["failure_timestamp"] == started_wall_ms + 2'500);
  CHECK(history[1]["end_to_end_duration"] == 500);
  CHECK(history[2]["className"] == "completed");
  CHECK(history[2]["external_path"] == "/checkpoints/chk-1");
  CHECK(history[2]["discarded"] == false);
  CHECK(history[2]["checkpointed_size"] == 1'400);
  CHECK(history[2]["state_size"] == 5'400);
  CHECK(history[2]["latest_ack_timestamp"] == started_wall_ms + 1'030);
  CHECK(history[2]["num_subtasks"] == 4);
  CHECK(history[2]["num_acknowledged_subtasks"] == 4);
  CHECK(history[2]["tasks"] == json::object());
}

TEST_CASE_FIXTURE(checkpoint_fixture, "a checkpoint that no task has acknowledged has no duration") {
  checkpoint_history history{job().checkpoints->settings};
  history.on_triggered({.id = 9, .triggered_wall_ms = started_wall_ms, .vertices = {{{}}, {{}}}});
  job().checkpoints = std::make_shared<const checkpoint_overview>(history.overview());
  json body = part_of().body;
  CHECK(body["history"][0]["latest_ack_timestamp"] == -1);
  CHECK(body["history"][0]["end_to_end_duration"] == -1);
  CHECK(body["latest"]["completed"].is_null());
  CHECK(body["latest"]["restored"].is_null());
  CHECK(body["summary"]["state_size"]["p50"] == "NaN");
}

TEST_CASE_FIXTURE(checkpoint_fixture, "GET checkpoints/details/:id tells the part of each vertex") {
  json body = part_of("/details/1").body;
  expect_fields(body, record_fields);
  const json& words = body["tasks"][words_vertex_text];
  expect_fields(words, "id:int status:text latest_ack_timestamp:int checkpointed_size:int state_size:int "
                       "end_to_end_duration:int alignment_buffered:int processed_data:int "
                       "persisted_data:int num_subtasks:int num_acknowledged_subtasks:int");
  CHECK(words["status"] == "COMPLETED");
  CHECK(words["checkpointed_size"] == 400);
  CHECK(words["end_to_end_duration"] == 20);
  CHECK(body["tasks"][count_vertex_text]["state_size"] == 5'000);
  CHECK(part_of("/details/2").body["tasks"][words_vertex_text]["status"] == "FAILED");
  CHECK(part_of("/details/3").body["tasks"][words_vertex_text]["status"] == "IN_PROGRESS");
}

TEST_CASE_FIXTURE(checkpoint_fixture,
                  "GET checkpoints/details/:id/subtasks/:vertex tells that of each subtask") {
  json body = part_of(std::string{"/details/1/subtasks/"} + count_vertex_text).body;
  expect_fields(body, "id:int status:text num_subtasks:int summary:object subtasks:list");
  for (const char* name : {"checkpointed_size", "state_size", "end_to_end_duration", "start_delay"})
    expect_fields(body["summary"][name], summary_fields);
  for (const char* name : {"sync", "async"})
    expect_fields(body["summary"]["checkpoint_duration"][name], summary_fields);
  for (const char* name : {"buffered", "processed", "persisted", "duration"})
    expect_fields(body["summary"]["alignment"][name], summary_fields);
  CHECK(body["summary"]["state_size"]["min"] == 5'000); // what had finished counts for nothing
  REQUIRE(body["subtasks"].size() == 2);
  for (const json& subtask : body["subtasks"])
    expect_fields(subtask, "className:text index:int status:text ack_timestamp:int end_to_end_duration:int "
                           "checkpointed_size:int state_size:int checkpoint:object alignment:object "
                           "start_delay:int unaligned_checkpoint:bool aborted:bool");
  CHECK(body["subtasks"][0]["checkpoint"] == json{{"sync", 3}, {"async", 4}});
  CHECK(body["subtasks"][0]["alignment"]["duration"] == 2);
  CHECK(body["subtasks"][0]["end_to_end_duration"] == 30);
  CHECK(body["subtasks"][1]["finished"] == true);
  CHECK(body["subtasks"][1]["end_to_end_duration"] == 0);

  body = part_of(std::string{"/details/2/subtasks/"} + words_vertex_text).body;
  CHECK(body["subtasks"][1] == json{{"className", "pending"}, {"index", 1}, {"status", "pending_or_failed"}});
}

TEST_CASE_FIXTURE(checkpoint_fixture,
                  "what there is no checkpoint or vertex of is 404, and what is no id 400") {
  CHECK(part_of("/details/17").status == 404);
  CHECK(part_of("/details/17").error_text() == "Could not find checkpointing statistics for checkpoint 17.");
  CHECK(part_of("/details/x").status == 400);
  CHECK(part_of("/details/-1").status == 400);
  std::string vertex = "/details/1/subtasks/";
  CHECK(part_of(vertex + example_id_text).error_text() ==
        std::string{"There is no checkpoint statistics for task "} + example_id_text + ".");
  CHECK(part_of(vertex + "x").status == 400);
}

TEST_CASE_FIXTURE(checkpoint_fixture, "GET checkpoints/config tells how the job takes them") {
  json body = part_of("/config").body;
  expect_fields(body, "mode:text interval:int timeout:int min_pause:int max_concurrent:int "
                      "externalization:object state_backend:text checkpoint_storage:text "
                      "unaligned_checkpoints:bool tolerable_failed_checkpoints:int "
                      "aligned_checkpoint_timeout:int checkpoints_after_tasks_finish:bool "
                      "state_changelog_enabled:bool changelog_periodic_materialization_interval:int "
                      "changelog_storage:text");
  CHECK(body["mode"] == "exactly_once");
  CHECK(body["interval"] == 1'000);
  CHECK(body["externalization"] == json{{"enabled", false}, {"delete_on_cancellation", true}});
  CHECK(body["state_backend"] == "hashmap");

  checkpoint_overview changed = *job().checkpoints;
  changed.settings.mode = checkpoint_mode::at_least_once;
  changed.settings.retention = checkpoint_retention::after_failure_cancel;
  job().checkpoints = std::make_shared<const checkpoint_overview>(std::move(changed));
  job_graph graph = example_graph();
  graph.backend = state_backend::leveldb;
  job().graph = std::make_shared<const job_graph>(std::move(graph));
  body = part_of("/config").body;
  CHECK(body["mode"] == "at_least_once");
  CHECK(body["externalization"] == json{{"enabled", true}, {"delete_on_cancellation", false}});
  CHECK(body["state_backend"] == "leveldb");
}

TEST_CASE_FIXTURE(checkpoint_fixture,
                  "a job without checkpoints is told in the words that Flink's clients look for") {
  job().checkpoints = nullptr;
  std::string id = example_id_text;
  for (const auto& [below, text] : std::map<std::string, std::string>{
           {"", "Checkpointing has not been enabled."},
           {"/config", "Checkpointing is not enabled for this job (" + id + ")."},
           {"/details/1", "Checkpointing was not enabled for job " + id + "."},
           {std::string{"/details/1/subtasks/"} + words_vertex_text,
            "Checkpointing was not enabled for job " + id + "."}}) {
    CHECK(part_of(below).status == 404);
    CHECK(part_of(below).error_text() == text);
  }
  CHECK(post().status == 404);
  CHECK(post().error_text() == "Checkpointing has not been enabled.");
  CHECK(cluster.checkpoints.empty());
}

TEST_CASE_FIXTURE(checkpoint_fixture, "an unknown job is 404") {
  for (const char* below : {"", "/config", "/details/1"})
    CHECK(get(std::string{unknown} + below).error_text() == "Job 00000000000000000000000000000001 not found");
  CHECK(send("POST", unknown).status == 404);
  CHECK(send("POST", "/jobs/x/checkpoints").status == 400);
}

TEST_CASE_FIXTURE(checkpoint_fixture, "a trigger is answered at once, and its outcome can be asked for") {
  std::string outcome = trigger();
  CHECK(get(outcome).body == json{{"status", {{"id", "IN_PROGRESS"}}}});
  REQUIRE(cluster.checkpoints.size() == 1);
  CHECK(cluster.checkpoints[0].job == example_id);
  CHECK_FALSE(cluster.checkpoints[0].full);
  cluster.checkpoints[0].done(checkpoint_id{4});
  CHECK(get(outcome).body == json{{"status", {{"id", "COMPLETED"}}}, {"operation", {{"checkpointId", 4}}}});
  clock.advance(std::chrono::minutes{5});
  CHECK(get(outcome).status == 404);
}

TEST_CASE_FIXTURE(checkpoint_fixture, "a trigger whose checkpoint fails is completed with the cause") {
  std::string outcome = trigger();
  cluster.checkpoints[0].done(error{errc::failed, "checkpoint 4 failed: no space"});
  answer got = get(outcome);
  CHECK(got.status == 200);
  CHECK(got.body["status"]["id"] == "COMPLETED");
  expect_fields(got.body["operation"]["failureCause"],
                "class:text stack-trace:text serialized-throwable:text");
  CHECK(got.body["operation"]["failureCause"]["stack-trace"] == "checkpoint 4 failed: no space");
}

TEST_CASE_FIXTURE(checkpoint_fixture, "the type of a trigger says whether all state is written") {
  trigger(R"({"checkpointType":"FULL"})");
  trigger(R"({"checkpointType":"CONFIGURED"})");
  REQUIRE(cluster.checkpoints.size() == 2);
  CHECK(cluster.checkpoints[0].full);
  CHECK_FALSE(cluster.checkpoints[1].full);

  CHECK(post(R"({"checkpointType":"INCREMENTAL"})").status == 400); // this job's are all full
  checkpoint_overview changed = *job().checkpoints;
  changed.settings.incremental = true;
  job().checkpoints = std::make_shared<const checkpoint_overview>(std::move(changed));
  trigger(R"({"checkpointType":"INCREMENTAL"})");
  REQUIRE(cluster.checkpoints.size() == 3);
  CHECK_FALSE(cluster.checkpoints[2].full);
}

TEST_CASE_FIXTURE(checkpoint_fixture, "the same trigger sent again takes no second checkpoint") {
  std::string body = R"({"triggerId":"000000000000000000000000000000ab"})";
  std::string outcome = trigger(body);
  CHECK(outcome.ends_with("ab"));
  CHECK(trigger(body) == outcome);
  CHECK(cluster.checkpoints.size() == 1);
  CHECK(trigger() != trigger());
}

TEST_CASE_FIXTURE(checkpoint_fixture, "a trigger that is malformed is 400, and one that never was 404") {
  for (const char* body : {R"({"checkpointType":"HALF"})", R"({"checkpointType":1})", R"({"triggerId":"x"})",
                           R"({"triggerId":"00000000000000000000000000000000"})", "[]", "{"}) {
    CAPTURE(body);
    CHECK(post(body).status == 400);
  }
  CHECK(cluster.checkpoints.empty());
  CHECK(part_of("/000000000000000000000000000000ab").status == 404);
  CHECK(part_of("/x").status == 400);
  std::string mine = trigger();
  CHECK(get(std::string{unknown} + mine.substr(mine.rfind('/'))).status == 404);
}

TEST_CASE_FIXTURE(checkpoint_fixture, "the metrics of a job tell its checkpoints and its restarts") {
  job().summary.restarts = 3;
  std::string metrics = std::string{"/jobs/"} + example_id_text + "/metrics?get=";
  auto value = [&](const std::string& name) { return get(metrics + name).body[0]["value"]; };
  CHECK(value("numRestarts") == "3");
  CHECK(value("totalNumberOfCheckpoints") == "3");
  CHECK(value("numberOfCompletedCheckpoints") == "1");
  CHECK(value("numberOfFailedCheckpoints") == "1");
  CHECK(value("numberOfInProgressCheckpoints") == "1");
  CHECK(value("lastCheckpointDuration") == "50");
  CHECK(value("lastCheckpointSize") == "1400");
  CHECK(value("lastCheckpointFullSize") == "5400");
  CHECK(value("lastCheckpointExternalPath") == "/checkpoints/chk-1");
}
