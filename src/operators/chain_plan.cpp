#include "operators/chain_plan.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace weir {

namespace {

/// The vertex as it is before fusion.
class vertex_view {
public:
  vertex_view(const job_graph& graph, const detail::stream_graph& code, std::uint32_t vertex)
      : graph_{graph}, code_{code}, vertex_{vertex}, operators_{graph.vertices[vertex].operators} {}

  /// Each operator's inputs, with operators in the place of steps.
  result<std::vector<std::vector<chain_plan::source>>> inputs() const {
    std::map<std::uint32_t, std::uint32_t> operator_of_node;
    for (std::uint32_t i = 0; i < operators_.size(); ++i) {
      if (operators_[i].node >= code_.nodes.size())
        return mismatch(i, "the job function built a smaller graph");
      operator_of_node.emplace(operators_[i].node, i);
    }
    std::vector<std::vector<chain_plan::source>> all(operators_.size());
    for (std::uint32_t i = 0; i < operators_.size(); ++i) {
      const auto& edges = code_.nodes[operators_[i].node].inputs;
      for (std::uint32_t k = 0; k < edges.size(); ++k) {
        if (auto edge = network_edge(i, k)) {
          all[i].push_back({true, *edge, edges[k].input, edges[k].output});
          continue;
        }
        auto producer = operator_of_node.find(edges[k].from);
        if (producer == operator_of_node.end() || producer->second >= i)
          return mismatch(i, "its input " + std::to_string(edges[k].input) + " comes from nowhere");
        all[i].push_back({false, producer->second, edges[k].input, edges[k].output});
      }
    }
    return all;
  }

  std::vector<std::uint32_t> edges_out(std::uint32_t op) const {
    std::vector<std::uint32_t> edges;
    for (std::uint32_t e = 0; e < graph_.edges.size(); ++e)
      if (graph_.edges[e].from_vertex == vertex_ && graph_.edges[e].from_operator == op)
        edges.push_back(e);
    return edges;
  }

private:
  std::optional<std::uint32_t> network_edge(std::uint32_t op, std::uint32_t graph_edge) const {
    for (std::uint32_t e = 0; e < graph_.edges.size(); ++e) {
      const job_edge& edge = graph_.edges[e];
      if (edge.to_vertex == vertex_ && edge.to_operator == op && edge.graph_edge == graph_edge)
        return e;
    }
    return std::nullopt;
  }

  error mismatch(std::uint32_t op, const std::string& what) const {
    return error{errc::invalid_argument, "operator '" + operators_[op].name + "': " + what};
  }

  const job_graph& graph_;
  const detail::stream_graph& code_;
  std::uint32_t vertex_;
  const std::vector<job_operator>& operators_;
};

/// The operator from which to `last` all is fused; `last` itself where nothing is.
std::uint32_t fused_from(const std::vector<job_operator>& operators, const detail::stream_graph& code,
                         const std::vector<std::vector<chain_plan::source>>& inputs,
                         const std::vector<std::uint32_t>& readers, std::uint32_t last) {
  const detail::graph_node& node = code.nodes[operators[last].node];
  auto has_side_outputs = [&](std::uint32_t op) {
    return !code.nodes[operators[op].node].side_outputs.empty();
  };
  if (!node.make_fused || has_side_outputs(last))
    return last;
  std::uint32_t first = last;
  while (operators[first].node != node.fused_from) {
    if (inputs[first].size() != 1 || inputs[first].front().network)
      return last;
    first = inputs[first].front().from;
    if (readers[first] != 1 || has_side_outputs(first) || operators[first].node < node.fused_from)
      return last;
  }
  return first;
}

} // namespace

result<chain_plan> plan_chain(const job_graph& graph, const detail::stream_graph& code,
                              std::uint32_t vertex) {
  if (vertex >= graph.vertices.size())
    return error{errc::invalid_argument, "the job graph has no vertex " + std::to_string(vertex)};
  const auto& operators = graph.vertices[vertex].operators;
  vertex_view view{graph, code, vertex};
  auto inputs = view.inputs();
  if (!inputs)
    return inputs.failure();

  std::vector<std::uint32_t> readers(operators.size());
  for (std::uint32_t i = 0; i < operators.size(); ++i) {
    readers[i] += static_cast<std::uint32_t>(view.edges_out(i).size());
    for (const auto& input : (*inputs)[i])
      if (!input.network)
        ++readers[input.from];
  }

  // From the end, so that the longest fused form wins.
  chain_plan plan;
  std::vector<bool> covered(operators.size());
  for (auto last = static_cast<std::uint32_t>(operators.size()); last-- > 0;) {
    if (covered[last])
      continue;
    chain_plan::step step;
    step.last = last;
    step.first = fused_from(operators, code, *inputs, readers, last);
    step.name = operators[last].name;
    for (std::uint32_t i = last; i != step.first;) {
      i = (*inputs)[i].front().from;
      covered[i] = true;
      step.name = operators[i].name + " -> " + step.name;
    }
    step.inputs = (*inputs)[step.first];
    step.edges_out = view.edges_out(last);
    plan.steps.push_back(std::move(step));
  }
  std::reverse(plan.steps.begin(), plan.steps.end());

  std::vector<std::uint32_t> step_of(operators.size());
  for (std::uint32_t s = 0; s < plan.steps.size(); ++s)
    step_of[plan.steps[s].last] = s;
  for (auto& step : plan.steps)
    for (auto& input : step.inputs)
      if (!input.network)
        input.from = step_of[input.from];
  return plan;
}

} // namespace weir
