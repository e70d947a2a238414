#include "scheduler/failover_regions.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace weir;

namespace {

std::shared_ptr<job_graph> vertices_of(const std::vector<std::uint32_t>& parallelisms) {
  auto graph = std::make_shared<job_graph>();
  for (std::uint32_t each : parallelisms)
    graph->vertices.push_back({.name = "v", .parallelism = each});
  return graph;
}

void join(job_graph& graph, std::uint32_t from, std::uint32_t to, detail::partitioning how) {
  graph.edges.push_back({.from_vertex = from, .to_vertex = to, .how = how});
}

/// The regions as sets, each subtask written as 10 * vertex + subtask.
std::set<std::set<std::uint32_t>> regions_of(const failover_regions& regions) {
  std::set<std::set<std::uint32_t>> all;
  for (std::uint32_t r = 0; r < regions.size(); ++r) {
    std::set<std::uint32_t> one;
    for (const subtask_place& place : regions.members(r)) {
      CHECK(regions.region_of(place) == r);
      one.insert(10 * place.vertex + place.subtask);
    }
    all.insert(one);
  }
  return all;
}

using sets = std::set<std::set<std::uint32_t>>;

} // namespace

TEST_CASE("subtasks that exchange nothing are regions of their own") {
  CHECK(regions_of(failover_regions::pipelined(*vertices_of({2, 1}))) == sets{{0}, {1}, {10}});
}

TEST_CASE("forward edges join subtasks of one number") {
  auto graph = vertices_of({2, 2, 2});
  join(*graph, 0, 1, detail::partitioning::forward);
  join(*graph, 1, 2, detail::partitioning::forward);
  CHECK(regions_of(failover_regions::pipelined(*graph)) == sets{{0, 10, 20}, {1, 11, 21}});
}

TEST_CASE("one edge between all subtasks makes one region of what lies before and behind it") {
  for (auto how :
       {detail::partitioning::hash, detail::partitioning::rebalance, detail::partitioning::broadcast,
        detail::partitioning::global, detail::partitioning::custom}) {
    auto graph = vertices_of({2, 2, 2});
    join(*graph, 0, 1, detail::partitioning::forward);
    join(*graph, 1, 2, how);
    CHECK(regions_of(failover_regions::pipelined(*graph)).size() == 1);
  }
}

TEST_CASE("rescaling joins the subtasks that lie side by side") {
  auto graph = vertices_of({4, 2});
  join(*graph, 0, 1, detail::partitioning::rescale);
  CHECK(regions_of(failover_regions::pipelined(*graph)) == sets{{0, 1, 10}, {2, 3, 11}});
}

TEST_CASE("parts of a job that are not joined are regions of their own") {
  auto graph = vertices_of({2, 1, 1, 1});
  join(*graph, 0, 2, detail::partitioning::hash);
  join(*graph, 1, 3, detail::partitioning::forward);
  CHECK(regions_of(failover_regions::pipelined(*graph)) == sets{{0, 1, 20}, {10, 30}});
}

TEST_CASE("two sources that meet are one region") {
  auto graph = vertices_of({1, 1, 1});
  join(*graph, 0, 2, detail::partitioning::forward);
  join(*graph, 1, 2, detail::partitioning::forward);
  CHECK(regions_of(failover_regions::pipelined(*graph)).size() == 1);
}

TEST_CASE("a job can be one region as a whole") {
  CHECK(regions_of(failover_regions::whole(*vertices_of({2, 1}))) == sets{{0, 1, 10}});
}
