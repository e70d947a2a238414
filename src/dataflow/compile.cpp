#include "dataflow/chains.hpp"
#include "dataflow/job_graph.hpp"
#include "dataflow/operator_ids.hpp"
#include "dataflow/operator_settings.hpp"
#include "dataflow/vertex_name.hpp"

#include <map>
#include <set>

namespace weir {

namespace {

using detail::graph_node;
using detail::stream_graph;

/// The chains in an order in which producers come before consumers; of several that could come next, the one
/// that was written first.
std::vector<std::uint32_t> order_chains(const stream_graph& graph,
                                        const std::vector<std::uint32_t>& chain_of) {
  std::map<std::uint32_t, std::set<std::uint32_t>> consumers;
  std::map<std::uint32_t, std::size_t> waiting_for;
  for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
    std::uint32_t to = chain_of[node];
    waiting_for.emplace(to, 0);
    for (const auto& edge : graph.nodes[node].inputs)
      if (std::uint32_t from = chain_of[edge.from]; from != to && consumers[from].insert(to).second)
        ++waiting_for[to];
  }
  std::set<std::uint32_t> ready;
  for (auto [chain, count] : waiting_for)
    if (count == 0)
      ready.insert(chain);
  std::vector<std::uint32_t> order;
  while (!ready.empty()) {
    std::uint32_t chain = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(chain);
    for (std::uint32_t consumer : consumers[chain])
      if (--waiting_for[consumer] == 0)
        ready.insert(consumer);
  }
  return order;
}

class compilation {
public:
  compilation(const stream_graph& graph, std::vector<operator_settings> settings,
              std::vector<operator_id> ids)
      : graph_{graph}, settings_{std::move(settings)}, ids_{std::move(ids)}, place_(graph.nodes.size()) {}

  job_graph run(bool chaining) && {
    auto chain_of = find_chains(graph_, settings_, chaining);
    std::map<std::uint32_t, std::uint32_t> vertex_of;
    for (std::uint32_t chain : order_chains(graph_, chain_of))
      vertex_of.emplace(chain, static_cast<std::uint32_t>(vertex_of.size()));
    job_.vertices.resize(vertex_of.size());
    for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node)
      add_operator(vertex_of[chain_of[node]], node);
    for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node)
      for (std::uint32_t input = 0; input < graph_.nodes[node].inputs.size(); ++input)
        add_input(node, input);
    for (job_vertex& vertex : job_.vertices) {
      vertex.id = vertex.operators.back().id;
      vertex.name = vertex_name(vertex, graph_);
    }
    return std::move(job_);
  }

private:
  struct place {
    std::uint32_t vertex = 0;
    std::uint32_t op = 0;
  };

  void add_operator(std::uint32_t vertex_index, std::uint32_t node_index) {
    const graph_node& node = graph_.nodes[node_index];
    job_vertex& vertex = job_.vertices[vertex_index];
    if (vertex.operators.empty()) {
      vertex.parallelism = settings_[node_index].parallelism;
      vertex.max_parallelism = settings_[node_index].max_parallelism;
      vertex.slot_sharing_group = settings_[node_index].slot_sharing_group;
    }
    place_[node_index] = {vertex_index, static_cast<std::uint32_t>(vertex.operators.size())};
    vertex.operators.push_back({ids_[node_index], node_index, node.name, node.uid, node.kind, {}});
  }

  void add_input(std::uint32_t node, std::uint32_t input) {
    const detail::graph_edge& edge = graph_.nodes[node].inputs[input];
    place from = place_[edge.from], to = place_[node];
    if (from.vertex == to.vertex) {
      job_.vertices[to.vertex].operators[to.op].inputs.emplace_back(from.op, edge.output);
      return;
    }
    const detail::record_type& record = *detail::record_of_output(graph_.nodes[edge.from], edge.output);
    job_.edges.push_back({from.vertex, from.op, edge.output, to.vertex, to.op, edge.input, input,
                          settings_[node].inputs[input], record.name, record.layout});
  }

  const stream_graph& graph_;
  std::vector<operator_settings> settings_;
  std::vector<operator_id> ids_;
  std::vector<place> place_; // of each node
  job_graph job_;
};

} // namespace

result<job_graph> compile(const stream_graph& graph, const compile_options& options) {
  auto settings = settle_operators(graph, options);
  if (!settings)
    return settings.failure();
  auto ids = assign_operator_ids(graph);
  if (!ids)
    return ids.failure();
  job_graph job = compilation{graph, *std::move(settings), *std::move(ids)}.run(options.chaining &&
                                                                                graph.chaining_enabled);
  job.name = options.name.empty() ? graph.job_name : options.name;
  job.buffer_timeout_ms = graph.buffer_timeout_ms.value_or(options.buffer_timeout_ms);
  job.watermark_interval_ms = graph.watermark_interval_ms.value_or(options.watermark_interval_ms);
  job.backend = graph.backend ? graph.backend : options.backend;
  return job;
}

} // namespace weir
