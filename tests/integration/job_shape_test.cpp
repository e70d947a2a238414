#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace weir::testing;

namespace {

/// The vertices of `weir info`.
nlohmann::json vertices(const std::vector<std::string>& job_arguments) {
  std::vector<std::string> command{"info", "-c", "filter_and_map", built_test_job("test_jobs")};
  command.insert(command.end(), job_arguments.begin(), job_arguments.end());
  outcome done = weir::testing::weir(command);
  REQUIRE_MESSAGE(done.succeeded(), done.text());
  return nlohmann::json::parse(done.output).at("plan").at("nodes");
}

} // namespace

TEST_CASE("a filter and a map behind a source are one chain with it") {
  CHECK(vertices({}).size() == 1);
}

TEST_CASE("with chaining disabled each operator is a vertex") {
  auto nodes = vertices({"--chaining=false"});
  CHECK(nodes.size() == 4);
  std::set<std::string> ids;
  for (const auto& node : nodes)
    ids.insert(node.at("id").get<std::string>());
  CHECK(ids.size() == 4);
}

TEST_CASE("operators share slots within a group, and groups do not share") {
  test_cluster cluster{{.workers = 2, .slots = 3}};
  auto slots_of = [&](const std::vector<std::string>& job_arguments) {
    std::string job =
        cluster.submit({"-p", "2", "-c", "two_groups"}, built_test_job("test_jobs"), job_arguments);
    cluster.wait_for_running_tasks(job);
    unsigned taken = cluster.slots_total() - cluster.slots_free();
    REQUIRE(weir::testing::weir({"cancel", "-m", cluster.rest_address(), job}).succeeded());
    wait_until("the release of all slots", [&] { return cluster.slots_free() == cluster.slots_total(); });
    return taken;
  };
  CHECK(slots_of({"--shared"}) == 2);
  CHECK(slots_of({}) == 4);
}

TEST_CASE("the subtasks of a job are spread evenly over the workers") {
  test_cluster cluster{{.workers = 2, .slots = 4}};
  std::string job = cluster.submit({"-p", "4", "-c", "endless"}, built_test_job("test_jobs"), {});
  cluster.wait_for_running_tasks(job);
  auto workers = cluster.get("/taskmanagers");
  CHECK(workers.at("taskmanagers").size() == 2);
  for (const auto& worker : workers.at("taskmanagers"))
    CHECK(worker.at("freeSlots") == 2);
}
