#include "graph_under_construction.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <set>
#include <utility>
#include <vector>

using weir::job_edge;
using weir::job_graph;
using weir::detail::partitioning;

namespace {

job_graph two_vertices(partitioning how, std::uint32_t producers, std::uint32_t consumers) {
  job_graph graph;
  graph.vertices.resize(2);
  graph.vertices[0].parallelism = producers;
  graph.vertices[1].parallelism = consumers;
  graph.edges.push_back({0, 0, 0, 1, 0, 0, 0, how, "i32", 1});
  return graph;
}

using channels = std::set<std::pair<std::uint32_t, std::uint32_t>>;

/// All (producer, consumer), once as the producers see it and once as the consumers do.
std::pair<channels, channels> both_views(const job_graph& graph) {
  channels forth, back;
  for (std::uint32_t p = 0; p < graph.vertices[0].parallelism; ++p)
    for (std::uint32_t c : consumers_of(graph, graph.edges[0], p))
      forth.emplace(p, c);
  for (std::uint32_t c = 0; c < graph.vertices[1].parallelism; ++c)
    for (std::uint32_t p : producers_of(graph, graph.edges[0], c))
      back.emplace(p, c);
  return {forth, back};
}

} // namespace

TEST_CASE("producers and consumers agree on the channels between them") {
  for (auto how : {partitioning::hash, partitioning::rebalance, partitioning::rescale,
                   partitioning::broadcast, partitioning::global, partitioning::custom})
    for (std::uint32_t p = 1; p <= 9; ++p)
      for (std::uint32_t c = 1; c <= 9; ++c) {
        auto [forth, back] = both_views(two_vertices(how, p, c));
        CHECK(forth == back);
        if (how != partitioning::rescale)
          CHECK(forth.size() == p * c);
      }
}

TEST_CASE("a forward edge connects subtasks of the same number") {
  auto [forth, back] = both_views(two_vertices(partitioning::forward, 3, 3));
  CHECK(forth == channels{{0, 0}, {1, 1}, {2, 2}});
  CHECK(back == forth);
}

TEST_CASE("rescale connects contiguous and even groups, and every subtask") {
  for (std::uint32_t p = 1; p <= 12; ++p)
    for (std::uint32_t c = 1; c <= 12; ++c) {
      job_graph graph = two_vertices(partitioning::rescale, p, c);
      CHECK(both_views(graph).first.size() == std::max(p, c));
      std::uint32_t fewer = std::min(p, c), more = std::max(p, c);
      for (std::uint32_t i = 0; i < fewer; ++i) {
        auto group = p <= c ? consumers_of(graph, graph.edges[0], i) : producers_of(graph, graph.edges[0], i);
        CHECK(group.size() >= more / fewer);
        CHECK(group.size() <= (more + fewer - 1) / fewer);
        for (std::size_t k = 1; k < group.size(); ++k)
          CHECK(group[k] == group[k - 1] + 1);
      }
    }
}

TEST_CASE("the fingerprint depends on every part of the graph and on nothing else") {
  graph_under_construction made;
  made.source("s");
  made.map("a", {"s"});
  made.partition(made.sink("k", {"a"}), partitioning::hash);
  const job_graph original = made.compiled();
  CHECK(fingerprint(original) == fingerprint(made.compiled()));

  std::vector<std::function<void(job_graph&)>> changes = {
      [](job_graph& g) { g.name += "x"; },
      [](job_graph& g) { g.buffer_timeout_ms++; },
      [](job_graph& g) { g.watermark_interval_ms++; },
      [](job_graph& g) { g.backend = weir::state_backend::hashmap; },
      [](job_graph& g) { g.backend = weir::state_backend::leveldb; },
      [](job_graph& g) { g.vertices[0].name += "x"; },
      [](job_graph& g) { g.vertices[0].parallelism++; },
      [](job_graph& g) { g.vertices[0].max_parallelism++; },
      [](job_graph& g) { g.vertices[0].slot_sharing_group += "x"; },
      [](job_graph& g) { g.vertices[0].id.low++; },
      [](job_graph& g) { g.vertices[0].operators[1].inputs = {}; },
      [](job_graph& g) { g.vertices[0].operators[1].inputs[0].output++; },
      [](job_graph& g) { g.vertices[0].operators[1].kind += "x"; },
      [](job_graph& g) { g.vertices[0].operators[1].uid += "x"; },
      [](job_graph& g) { g.vertices[0].operators[1].name += "x"; },
      [](job_graph& g) { g.vertices[0].operators[1].node++; },
      [](job_graph& g) { g.vertices[0].operators[1].id.high++; },
      [](job_graph& g) { g.vertices[0].operators.pop_back(); },
      [](job_graph& g) { g.vertices.pop_back(); },
      [](job_graph& g) { g.edges[0].from_vertex++; },
      [](job_graph& g) { g.edges[0].from_operator++; },
      [](job_graph& g) { g.edges[0].to_vertex++; },
      [](job_graph& g) { g.edges[0].to_operator++; },
      [](job_graph& g) { g.edges[0].input++; },
      [](job_graph& g) { g.edges[0].graph_edge++; },
      [](job_graph& g) { g.edges[0].from_output++; },
      [](job_graph& g) { g.edges[0].how = partitioning::custom; },
      [](job_graph& g) { g.edges[0].record += "x"; },
      [](job_graph& g) { g.edges[0].record_layout++; },
      [](job_graph& g) { g.edges.clear(); },
      [](job_graph& g) { std::swap(g.vertices[0].name, g.vertices[0].slot_sharing_group); },
  };
  std::set<std::uint64_t> seen{fingerprint(original)};
  for (auto& change : changes) {
    job_graph changed = original;
    change(changed);
    CHECK(seen.insert(fingerprint(changed)).second);
  }
}
