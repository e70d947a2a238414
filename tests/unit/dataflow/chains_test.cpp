#include "dataflow/chains.hpp"
#include "graph_under_construction.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

using weir::detail::chaining;
using weir::detail::partitioning;

namespace {

/// The rules, looked at from the result: written apart from the code that makes chains.
class chain_rules {
public:
  chain_rules(const weir::detail::stream_graph& graph, const std::vector<weir::operator_settings>& settings)
      : graph_{graph}, settings_{settings} {}

  bool may_chain(std::uint32_t to, std::uint32_t input) const {
    std::uint32_t from = graph_.nodes[to].inputs[input].from;
    if (settings_[to].inputs[input] != partitioning::forward)
      return false;
    if (graph_.nodes[from].chain == chaining::never || graph_.nodes[to].chain != chaining::always)
      return false;
    return settings_[from].parallelism == settings_[to].parallelism &&
           settings_[from].max_parallelism == settings_[to].max_parallelism &&
           settings_[from].slot_sharing_group == settings_[to].slot_sharing_group;
  }

  /// Whether tasks wait in a circle when `chain` says which operators run in one: by repeatedly taking away
  /// tasks that wait for no other. An edge that cannot be chained inside one task makes it wait for itself.
  bool has_circle(const std::vector<std::uint32_t>& chain) const {
    std::set<std::uint32_t> left(chain.begin(), chain.end());
    std::set<std::pair<std::uint32_t, std::uint32_t>> waits;
    for (std::uint32_t to = 0; to < chain.size(); ++to)
      for (std::uint32_t input = 0; input < graph_.nodes[to].inputs.size(); ++input) {
        std::uint32_t from = graph_.nodes[to].inputs[input].from;
        if (chain[from] != chain[to] || !may_chain(to, input))
          waits.emplace(chain[to], chain[from]);
      }
    for (bool taken = true; taken;) {
      taken = false;
      for (std::uint32_t task : std::set<std::uint32_t>{left}) {
        bool waiting = std::any_of(waits.begin(), waits.end(), [&](auto& wait) {
          return wait.first == task && left.contains(wait.second);
        });
        if (!waiting) {
          left.erase(task);
          taken = true;
        }
      }
    }
    return !left.empty();
  }

  /// Whether the operators of each chain hang together by edges that may be chained.
  bool hangs_together(const std::vector<std::uint32_t>& chain) const {
    std::vector<std::uint32_t> part(chain.size());
    for (std::uint32_t i = 0; i < part.size(); ++i)
      part[i] = i;
    for (std::size_t round = 0; round < chain.size(); ++round)
      for (std::uint32_t to = 0; to < chain.size(); ++to)
        for (std::uint32_t input = 0; input < graph_.nodes[to].inputs.size(); ++input)
          if (std::uint32_t from = graph_.nodes[to].inputs[input].from;
              chain[from] == chain[to] && may_chain(to, input))
            part[to] = part[from] = std::min(part[to], part[from]);
    for (std::uint32_t i = 0; i < part.size(); ++i)
      for (std::uint32_t k = 0; k < i; ++k)
        if (chain[i] == chain[k] && part[i] != part[k])
          return false;
    return true;
  }

  /// An edge that could be inside a chain without a circle, or -1.
  int missed_edge(const std::vector<std::uint32_t>& chain) const {
    for (std::uint32_t to = 0; to < chain.size(); ++to)
      for (std::uint32_t input = 0; input < graph_.nodes[to].inputs.size(); ++input) {
        std::uint32_t from = graph_.nodes[to].inputs[input].from;
        if (chain[from] == chain[to] || !may_chain(to, input))
          continue;
        std::vector<std::uint32_t> joined = chain;
        std::replace(joined.begin(), joined.end(), chain[from], chain[to]);
        if (!has_circle(joined))
          return static_cast<int>(to);
      }
    return -1;
  }

private:
  const weir::detail::stream_graph& graph_;
  const std::vector<weir::operator_settings>& settings_;
};

struct random_graph : graph_under_construction {
  std::mt19937 random;

  explicit random_graph(unsigned seed) : random{seed} {
    unsigned count = 2 + below(14);
    for (unsigned i = 0; i < count; ++i) {
      node& added = map(std::to_string(i), {});
      if (i > 0 && below(6) != 0)
        for (unsigned inputs = 1 + below(3); inputs != 0; --inputs)
          added.inputs.push_back({below(i), 0, 0, how::forward, false, {}});
      added.is_source = added.inputs.empty();
      added.parallelism = below(4) == 0 ? 2 : 1;
      if (below(8) == 0)
        added.slot_sharing_group = below(2) == 0 ? "red" : "blue";
      added.chain = below(10) == 0 ? chaining::head : below(12) == 0 ? chaining::never : chaining::always;
      for (auto& edge : added.inputs)
        if (below(6) == 0) {
          edge.how = below(2) == 0 ? how::rebalance : how::broadcast;
          edge.chosen = true;
        }
    }
    sink("end", {});
    std::set<std::uint32_t> read;
    for (auto& each : graph.nodes)
      for (auto& edge : each.inputs)
        read.insert(edge.from);
    for (std::uint32_t i = 0; i < count; ++i)
      if (!read.contains(i))
        graph.nodes.back().inputs.push_back({i, 0, 0, how::forward, false, {}});
    graph.nodes.back().is_source = false;
  }

  std::uint32_t below(std::uint32_t bound) { return random() % bound; }
};

} // namespace

TEST_CASE("chains keep the rules, and no edge that could be chained is left out, in random graphs") {
  int several = 0, cut = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    random_graph made{seed};
    auto settings = weir::settle_operators(made.graph, made.options);
    REQUIRE(settings);
    auto chain = weir::find_chains(made.graph, *settings, true);
    chain_rules rules{made.graph, *settings};
    REQUIRE_FALSE(rules.has_circle(chain));
    REQUIRE(rules.hangs_together(chain));
    REQUIRE(rules.missed_edge(chain) == -1);
    for (std::uint32_t i = 0; i < chain.size(); ++i) {
      REQUIRE(chain[i] <= i);
      REQUIRE(chain[chain[i]] == chain[i]);
      several += chain[i] != i;
      for (std::uint32_t input = 0; input < made.graph.nodes[i].inputs.size(); ++input)
        cut += rules.may_chain(i, input) && chain[made.graph.nodes[i].inputs[input].from] != chain[i];
    }
  }
  // The graphs do show what is tested.
  CHECK(several > 5000);
  CHECK(cut > 500);
}

TEST_CASE("random graphs compile to edges and operators that match what was written") {
  for (unsigned seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    random_graph made{seed};
    weir::job_graph job = made.compiled();
    std::vector<std::pair<std::uint32_t, std::uint32_t>> place(made.graph.nodes.size(), {~0u, 0});
    for (std::uint32_t v = 0; v < job.vertices.size(); ++v)
      for (std::uint32_t o = 0; o < job.vertices[v].operators.size(); ++o) {
        REQUIRE(place[job.vertices[v].operators[o].node].first == ~0u);
        place[job.vertices[v].operators[o].node] = {v, o};
      }
    std::size_t edges = 0;
    for (std::uint32_t to = 0; to < place.size(); ++to) {
      REQUIRE(place[to].first != ~0u);
      std::vector<weir::chained_input> inside;
      for (std::uint32_t input = 0; input < made.graph.nodes[to].inputs.size(); ++input) {
        auto from = place[made.graph.nodes[to].inputs[input].from];
        REQUIRE(from <= place[to]); // producers before consumers
        if (from.first == place[to].first) {
          inside.push_back(from.second);
          continue;
        }
        ++edges;
        REQUIRE(std::any_of(job.edges.begin(), job.edges.end(), [&](const weir::job_edge& edge) {
          return edge.from_vertex == from.first && edge.from_operator == from.second &&
                 edge.to_vertex == place[to].first && edge.to_operator == place[to].second &&
                 edge.graph_edge == input;
        }));
      }
      CHECK(job.vertices[place[to].first].operators[place[to].second].inputs == inside);
    }
    CHECK(edges == job.edges.size());
  }
}

TEST_CASE("a long chain is found quickly") {
  graph_under_construction made;
  made.source("0");
  for (int i = 1; i < 2000; ++i)
    made.map(std::to_string(i), {})
        .inputs.push_back({static_cast<std::uint32_t>(i - 1), 0, 0, partitioning::forward, false, {}});
  for (int i = 1; i < 2000; ++i)
    made.graph.nodes[i].is_source = false;
  made.sink("end", {"1999"});
  CHECK(made.compiled().vertices.size() == 1);
}
