#include "job_status_text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace weir::tools;
using nlohmann::json;

namespace {

std::string text(const std::string& state, const json& exceptions, std::uint64_t restarts = 0) {
  json job{{"jid", "0a"},        {"name", "words"},     {"state", state},
           {"duration", 12'300}, {"start-time", 1'000}, {"restarts", restarts}};
  return job_status_text(job, exceptions);
}

bool contains(const std::string& in, const std::string& part) {
  return in.find(part) != std::string::npos;
}

const json no_failure{{"root-exception", nullptr}};
const json lost{{"root-exception", "worker a is lost"}, {"timestamp", 2'000}};

} // namespace

TEST_CASE("the status of a job without failures says none") {
  std::string shown = text("RUNNING", no_failure);
  CHECK(shown.starts_with("Job 0a : words (RUNNING)\n"));
  CHECK(contains(shown, "runs for 12.3 s"));
  CHECK_FALSE(contains(shown, "ailure"));
  CHECK_FALSE(contains(shown, "Restarted"));
}

TEST_CASE("a job that failed is told apart from one that is restarted and one that goes on") {
  CHECK(contains(text("FAILED", lost), "\nFailed: worker a is lost\n"));
  CHECK(contains(text("RESTARTING", lost), "\nRestarts after a failure: worker a is lost\n"));
  std::string goes_on = text("RUNNING", lost, 2);
  CHECK(contains(goes_on, "\nRestarted 2 times.\nLast failure, "));
  CHECK(contains(goes_on, ": worker a is lost\n"));
  CHECK_FALSE(contains(goes_on, "Failed: "));
  CHECK(contains(text("RUNNING", lost, 1), "\nRestarted once.\n"));
}

TEST_CASE("a status of answers that lack everything does not end the program") {
  CHECK(contains(job_status_text(json::object(), nullptr), "Job"));
}
