#include "job_progress.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace weir::tools;
using nlohmann::json;

TEST_CASE("progress is the sum over the vertices") {
  json job{{"state", "RUNNING"},
           {"duration", 2'000},
           {"waiting-for", ""},
           {"vertices",
            {{{"parallelism", 2},
              {"tasks", {{"RUNNING", 1}, {"FINISHED", 1}}},
              {"metrics", {{"read-records", 0}}}},
             {{"parallelism", 3}, {"tasks", {{"RUNNING", 3}}}, {"metrics", {{"read-records", 500}}}}}}};
  job_progress now = progress_of(job);
  CHECK(now.state == "RUNNING");
  CHECK(now.subtasks == 5);
  CHECK(now.running == 4);
  CHECK(now.finished == 1);
  CHECK(now.records == 500);
  CHECK(now.elapsed_ms == 2'000);
  CHECK(progress_text({.records = 100, .elapsed_ms = 1'000}, now) ==
        "RUNNING  4 of 5 subtasks run, 1 finished  400 records/s  2.0 s");
}

TEST_CASE("without records or time between two looks there is no rate") {
  job_progress now{.state = "RUNNING", .subtasks = 1, .running = 1, .records = 5, .elapsed_ms = 1'000};
  CHECK(progress_text(now, now) == "RUNNING  1 of 1 subtasks run, 0 finished  1.0 s");
}

TEST_CASE("an answer that lacks what is expected counts as nothing") {
  for (const char* text :
       {"null", "[]", "3", "{}", R"({"vertices":3})", R"({"vertices":[null,{"tasks":7,"metrics":null}]})",
        R"({"state":1,"duration":"x"})"}) {
    CAPTURE(text);
    job_progress now = progress_of(json::parse(text));
    CHECK(now.state.empty());
    CHECK(now.subtasks == 0);
    CHECK(now.elapsed_ms == 0);
  }
}

TEST_CASE("a job has ended in three states") {
  for (const char* state : {"FINISHED", "FAILED", "CANCELED"})
    CHECK(has_ended(state));
  for (const char* state : {"", "CREATED", "INITIALIZING", "RUNNING", "FAILING", "CANCELLING", "RESTARTING"})
    CHECK_FALSE(has_ended(state));
}
