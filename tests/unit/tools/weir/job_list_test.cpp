#include "job_list.hpp"
#include "job_status_text.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <string>

using namespace weir::tools;
using nlohmann::json;

namespace {

json entry(const std::string& name, const std::string& state, std::int64_t start) {
  return {{"jid", std::string(32, 'a')}, {"name", name}, {"state", state}, {"start-time", start}};
}

const json overview{
    {"jobs",
     {entry("late", "RUNNING", 2'000), entry("early", "RESTARTING", 1'000),
      entry("waiting", "CREATED", 3'000), entry("done", "FINISHED", 500), entry("broken", "FAILED", 400)}}};

/// Local time is UTC in here.
struct utc {
  utc() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

} // namespace

TEST_CASE_FIXTURE(utc, "running jobs are listed as Flink lists them, by their start") {
  CHECK(job_list_text(overview, {.running = true}) ==
        "------------------ Running/Restarting Jobs -------------------\n"
        "01.01.1970 00:00:01 : aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa : early (RESTARTING)\n"
        "01.01.1970 00:00:02 : aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa : late (RUNNING)\n"
        "--------------------------------------------------------------\n");
}

TEST_CASE_FIXTURE(utc, "each kind of job has its own heading") {
  std::string text = job_list_text(overview, {true, true, true});
  std::size_t running = text.find("Running/Restarting Jobs"), scheduled = text.find("Scheduled Jobs"),
              ended = text.find("Terminated Jobs");
  CHECK(running < text.find("late (RUNNING)"));
  CHECK(scheduled < text.find("waiting (CREATED)"));
  CHECK(text.find("late (RUNNING)") < scheduled);
  CHECK(text.find("waiting (CREATED)") < ended);
  CHECK(ended < text.find("broken (FAILED)"));
  CHECK(text.find("broken (FAILED)") < text.find("done (FINISHED)"));
}

TEST_CASE("a list without jobs says so, and says nothing of ended ones") {
  CHECK(job_list_text({{"jobs", json::array()}}, {true, true, true}) ==
        "No running jobs.\nNo scheduled jobs.\n");
}

TEST_CASE("the selection as JSON holds the entries unchanged") {
  json selected = selected_jobs(overview, {.scheduled = true});
  REQUIRE(selected["jobs"].size() == 1);
  CHECK(selected["jobs"][0] == entry("waiting", "CREATED", 3'000));
}

TEST_CASE_FIXTURE(utc, "the status of a job names its state, what it waits for, its tasks and its failure") {
  json job = entry("words", "CREATED", 1'000);
  job["duration"] = 2'500;
  job["waiting-for"] = "2 of 3 slots are missing";
  job["vertices"] = {{{"name", "source"}, {"tasks", {{"RUNNING", 0}, {"SCHEDULED", 3}}}}};
  CHECK(job_status_text(job, json::object()) == "Job aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa : words (CREATED)\n"
                                                "Started 01.01.1970 00:00:01, runs for 2.5 s\n"
                                                "Waits: 2 of 3 slots are missing.\n"
                                                "  source: 3 SCHEDULED\n");
  job["state"] = "FAILED";
  std::string ended = job_status_text(job, {{"root-exception", "no more disk"}});
  CHECK(ended.find("ran for 2.5 s") != std::string::npos);
  CHECK(ended.find("Failed: no more disk\n") != std::string::npos);
}
