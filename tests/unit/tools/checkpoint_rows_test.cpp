#include "checkpoint_rows.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

using namespace weir::tools;
using nlohmann::json;

namespace {

std::vector<std::string> lines_of(const json& checkpoints) {
  std::istringstream text{render(checkpoint_page(checkpoints), {})};
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);)
    lines.push_back(line);
  return lines;
}

bool contains(const std::string& line, const std::string& part) {
  return line.find(part) != std::string::npos;
}

const json example{
    {"counts", {{"restored", 2}, {"total", 12}, {"completed", 10}, {"failed", 1}, {"in_progress", 1}}},
    {"latest", {{"restored", {{"id", 9}, {"restore_timestamp", 1'000}}}}},
    {"history",
     {{{"id", 12},
       {"status", "IN_PROGRESS"},
       {"trigger_timestamp", 3'000},
       {"end_to_end_duration", -1},
       {"checkpointed_size", 0},
       {"state_size", 0},
       {"num_subtasks", 4},
       {"num_acknowledged_subtasks", 1}},
      {{"id", 11},
       {"status", "FAILED"},
       {"trigger_timestamp", 2'000},
       {"end_to_end_duration", 250},
       {"failure_message", "count declined: no space\nbecause"}},
      {{"id", 10},
       {"status", "COMPLETED"},
       {"trigger_timestamp", 1'000},
       {"end_to_end_duration", 12},
       {"checkpointed_size", 2'048},
       {"state_size", 1'048'576},
       {"num_subtasks", 4},
       {"num_acknowledged_subtasks", 4}}}}};

} // namespace

TEST_CASE("checkpoints are counted, and each has a row, the newest first") {
  auto lines = lines_of(example);
  REQUIRE(lines.size() == 6);
  CHECK(lines[0] == "12 checkpoints: 10 completed, 1 failed, 1 in progress");
  CHECK(lines[1].starts_with("Restored 2 times, last from checkpoint 9 at "));
  for (const char* title : {"ID", "STATUS", "TRIGGERED", "DURATION", "WRITTEN", "STATE", "FAILURE"})
    CHECK(contains(lines[2], title));
  CHECK(contains(lines[3], "12  IN_PROGRESS"));
  CHECK(contains(lines[3], "1/4"));
  CHECK(contains(lines[4], "250 ms"));
  CHECK(lines[4].ends_with("count declined: no space"));
  for (const char* part : {"10  COMPLETED", "12 ms", "2 KiB", "1 MiB", "4/4"})
    CHECK_MESSAGE(contains(lines[5], part), lines[5]);
}

TEST_CASE("a job that took none yet has no table") {
  json none{{"counts", {{"restored", 0}, {"total", 0}}},
            {"latest", {{"restored", nullptr}}},
            {"history", json::array()}};
  CHECK(lines_of(none) == std::vector<std::string>{"0 checkpoints: 0 completed, 0 failed, 0 in progress"});
}

TEST_CASE("an answer that lacks everything is shown as nothing") {
  for (const char* text : {"{}", "[]", "null", R"({"counts":3,"history":{"a":1}})"})
    CHECK(lines_of(json::parse(text)).size() >= 1);
}
