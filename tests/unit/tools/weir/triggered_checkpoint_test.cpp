#include "triggered_checkpoint.hpp"

#include "canned_server.hpp"

#include "base/options.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::tools;
using nlohmann::json;
using weir::testing::canned_answer;
using weir::testing::canned_request;
using weir::testing::canned_server;

namespace {

const std::string id(32, 'a');
const json in_progress{{"status", {{"id", "IN_PROGRESS"}}}};

json completed(json operation) {
  return {{"status", {{"id", "COMPLETED"}}}, {"operation", std::move(operation)}};
}

struct triggering {
  /// What is answered to the trigger, and then to one question after the other; the last one stays.
  canned_answer to_trigger{202, R"({"request-id":"ab"})"};
  std::deque<json> then;
  std::vector<std::string> asked;

  result<std::uint64_t> run(const std::string& timeout = "60 s") {
    canned_server server{[&](const canned_request& request) {
      asked.push_back(request.method + " " + request.target + " " + request.body);
      if (request.method == "POST")
        return to_trigger;
      canned_answer answer{200, then.front().dump()};
      if (then.size() > 1)
        then.pop_front();
      return answer;
    }};
    auto system = make_system_platform();
    configuration settings;
    REQUIRE(settings.set(options::client_timeout.key, timeout, "a test"));
    auto master = rest_client::at(server.address());
    REQUIRE(master);
    return trigger_checkpoint({*system, settings, {}}, *master, id, "FULL");
  }
};

} // namespace

TEST_CASE("a triggered checkpoint is waited for, and its number returned") {
  triggering one{.then = {in_progress, in_progress, completed({{"checkpointId", 78}})}};
  auto taken = one.run();
  REQUIRE(taken);
  CHECK(*taken == 78);
  std::string status = "GET /jobs/" + id + "/checkpoints/ab ";
  CHECK(one.asked ==
        std::vector<std::string>{"POST /jobs/" + id + "/checkpoints {\"checkpointType\":\"FULL\"}", status,
                                 status, status});
}

TEST_CASE("a checkpoint that failed is an error with its cause") {
  triggering one{.then = {completed({{"failureCause", {{"stack-trace", "no space"}}}})}};
  auto taken = one.run();
  REQUIRE_FALSE(taken);
  CHECK(taken.failure().message() == "no space");
}

TEST_CASE("what the master refuses is an error in its words") {
  triggering one{.to_trigger = {404, R"({"errors":["Checkpointing has not been enabled."]})"}};
  auto taken = one.run();
  REQUIRE_FALSE(taken);
  CHECK(taken.failure().message() == "Checkpointing has not been enabled.");
}

TEST_CASE("the waiting ends after client.timeout, and says that the checkpoint goes on") {
  triggering one{.then = {in_progress}};
  auto taken = one.run("1 ms");
  REQUIRE_FALSE(taken);
  CHECK(taken.failure().code() == errc::timed_out);
  CHECK(taken.failure().message().find("weir checkpoints " + id) != std::string::npos);
}

TEST_CASE("an answer without an outcome is an error") {
  triggering one{.then = {completed(json::object())}};
  CHECK_FALSE(one.run());
}
