#include "built_job.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::tools;

TEST_CASE("operators share slots within a group, and groups do not share") {
  job_graph graph;
  CHECK(slots_of(graph) == 0);
  graph.vertices = {{.name = "a", .parallelism = 2}, {.name = "b", .parallelism = 3}};
  CHECK(slots_of(graph) == 3);
  graph.vertices.push_back({.name = "c", .parallelism = 4, .slot_sharing_group = "other"});
  CHECK(slots_of(graph) == 7);
}
