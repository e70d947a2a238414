#include "dataflow/chains.hpp"

#include <algorithm>
#include <numeric>

namespace weir {

namespace {

using detail::chaining;
using detail::graph_node;
using detail::partitioning;
using detail::stream_graph;

class chain_builder {
public:
  chain_builder(const stream_graph& graph, const std::vector<operator_settings>& settings)
      : graph_{graph},
        settings_{settings},
        consumers_(graph.nodes.size()),
        chain_(graph.nodes.size()),
        members_(graph.nodes.size()) {
    std::iota(chain_.begin(), chain_.end(), 0);
    for (std::uint32_t node = 0; node < graph.nodes.size(); ++node)
      members_[node].push_back(node);
    for (std::uint32_t to = 0; to < graph.nodes.size(); ++to)
      for (std::uint32_t edge = 0; edge < graph.nodes[to].inputs.size(); ++edge)
        consumers_[graph.nodes[to].inputs[edge].from].push_back({to, edge});
  }

  std::vector<std::uint32_t> run() && {
    // A chain that may not grow now may do so once others around it have grown.
    for (bool grown = true; grown;) {
      grown = false;
      for (std::uint32_t to = 0; to < graph_.nodes.size(); ++to)
        for (std::uint32_t edge = 0; edge < graph_.nodes[to].inputs.size(); ++edge)
          grown = try_edge(to, edge) || grown;
    }
    return std::move(chain_);
  }

private:
  struct out_edge {
    std::uint32_t to;
    std::uint32_t edge; // index into the consumer's inputs
  };

  bool may_be_inside(std::uint32_t to, std::uint32_t edge) const {
    std::uint32_t from = graph_.nodes[to].inputs[edge].from;
    const operator_settings &producer = settings_[from], &consumer = settings_[to];
    return consumer.inputs[edge] == partitioning::forward && producer.parallelism == consumer.parallelism &&
           producer.max_parallelism == consumer.max_parallelism &&
           producer.slot_sharing_group == consumer.slot_sharing_group &&
           graph_.nodes[to].chain == chaining::always && graph_.nodes[from].chain != chaining::never;
  }

  bool try_edge(std::uint32_t to, std::uint32_t edge) {
    std::uint32_t a = chain_[graph_.nodes[to].inputs[edge].from], b = chain_[to];
    if (a == b || !may_be_inside(to, edge) || would_wait_for_itself(a, b))
      return false;
    auto [into, from] = std::minmax(a, b);
    for (std::uint32_t node : members_[from])
      chain_[node] = into;
    members_[into].insert(members_[into].end(), members_[from].begin(), members_[from].end());
    members_[from].clear();
    return true;
  }

  /// Whether something leaves the chain made of `a` and `b` and comes back to it.
  bool would_wait_for_itself(std::uint32_t a, std::uint32_t b) const {
    std::vector<bool> reached(chain_.size()); // by chain
    std::vector<std::uint32_t> open{a, b};
    while (!open.empty()) {
      std::uint32_t chain = open.back();
      open.pop_back();
      bool from_inside = chain == a || chain == b;
      for (std::uint32_t node : members_[chain])
        for (auto [to, edge] : consumers_[node]) {
          std::uint32_t next = chain_[to];
          bool to_inside = next == a || next == b;
          if (to_inside && !(from_inside && may_be_inside(to, edge)))
            return true;
          if (!to_inside && next != chain && !reached[next]) {
            reached[next] = true;
            open.push_back(next);
          }
        }
    }
    return false;
  }

  const stream_graph& graph_;
  const std::vector<operator_settings>& settings_;
  std::vector<std::vector<out_edge>> consumers_;
  std::vector<std::uint32_t> chain_;                // of each operator
  std::vector<std::vector<std::uint32_t>> members_; // of each chain
};

} // namespace

std::vector<std::uint32_t> find_chains(const stream_graph& graph,
                                       const std::vector<operator_settings>& settings, bool enabled) {
  if (enabled)
    return chain_builder{graph, settings}.run();
  std::vector<std::uint32_t> alone(graph.nodes.size());
  std::iota(alone.begin(), alone.end(), 0);
  return alone;
}

} // namespace weir
