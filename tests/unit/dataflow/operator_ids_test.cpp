#include "dataflow/operator_ids.hpp"
#include "graph_under_construction.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

using weir::operator_id;

namespace {

struct id_graph : graph_under_construction {
  std::map<std::string, operator_id> ids() const {
    auto all = weir::assign_operator_ids(graph);
    REQUIRE(all);
    std::map<std::string, operator_id> by_name;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i)
      by_name.emplace(graph.nodes[i].name, (*all)[i]);
    return by_name;
  }

  void two_branches() {
    source("s");
    map("left", {"s"});
    map("right", {"s"});
    sink("k", {"left", "right"});
  }
};

} // namespace

TEST_CASE_FIXTURE(id_graph, "all operators of a job have different ids, twins too") {
  two_branches();
  std::set<operator_id> all;
  for (const auto& [name, id] : ids())
    all.insert(id);
  CHECK(all.size() == 4);
}

TEST_CASE_FIXTURE(id_graph, "ids never change while the shape stays") {
  // Made with sha256sum. State is found by these values: a changed one loses it.
  two_branches();
  graph.nodes[at("right")].uid = "totals";
  auto found = ids();
  CHECK(to_string(found["s"]) == "ce1f133657ebe08feafe941d4bd9cfe7");
  CHECK(to_string(found["left"]) == "35d7bd57bfbd76e6179d96bcd6683450");
  CHECK(to_string(found["right"]) == "a4e4f1bc489d015bde1cfe2abe8d582c");
}

TEST_CASE_FIXTURE(id_graph, "names, parallelism, chaining and what is downstream do not change ids") {
  two_branches();
  auto before = ids();
  graph.nodes[at("left")].parallelism = 7;
  graph.nodes[at("left")].chain = weir::detail::chaining::never;
  graph.nodes[at("left")].slot_sharing_group = "other";
  map("new", {"right"});
  sink("log", {"new"});
  graph.nodes[at("right")].name = "renamed";
  auto after = ids();
  CHECK(after["s"] == before["s"]);
  CHECK(after["left"] == before["left"]);
  CHECK(after["renamed"] == before["right"]);
  CHECK(after["k"] == before["k"]);
}

TEST_CASE_FIXTURE(id_graph, "an operator put upstream changes ids, unless a uid holds them") {
  source("s");
  map("a", {"s"}).uid = "a";
  map("b", {"a"});
  sink("k", {"b"});
  auto before = ids();
  graph.nodes.clear();
  source("s");
  map("new", {"s"});
  map("a", {"new"}).uid = "a";
  map("b", {"a"});
  sink("k", {"b"});
  auto after = ids();
  CHECK(after["a"] == before["a"]);
  CHECK(after["b"] == before["b"]); // its producer is known by uid
  graph.nodes[at("a")].uid = "";
  CHECK(ids()["b"] != before["b"]);
}

TEST_CASE_FIXTURE(id_graph, "how records reach an operator is part of its shape") {
  source("s");
  sink("k", {"s"});
  auto before = ids();
  partition(graph.nodes[1], how::broadcast);
  CHECK(ids()["k"] != before["k"]);
}
