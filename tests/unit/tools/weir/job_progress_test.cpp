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
           {"newest-failure", "out of cheese"},
           {"newest-failure-time", 1'234},
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
  CHECK(now.failure == "out of cheese");
  CHECK(now.failure_wall_ms == 1'234);
  CHECK(progress_text(now, 400) == "RUNNING  4 of 5 subtasks run, 1 finished  400 records/s  2.0 s");
  CHECK(progress_text(now, 0) == "RUNNING  4 of 5 subtasks run, 1 finished  2.0 s");
}

TEST_CASE("a rate is over at least a second, and holds until the next one") {
  record_rate rate;
  auto at = [&](std::int64_t elapsed_ms, std::uint64_t records) {
    return rate.per_second({.records = records, .elapsed_ms = elapsed_ms});
  };
  CHECK(at(500, 5'000) == 0);
  CHECK(at(1'000, 10'000) == 10'000);
  CHECK(at(1'900, 10'000) == 10'000);
  CHECK(at(3'000, 50'000) == 20'000);
  CHECK(at(5'000, 50'000) == 0);
  CHECK(at(7'000, 10) == 0); // tasks that began anew
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
