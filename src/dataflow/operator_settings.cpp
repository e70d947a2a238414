#include "dataflow/operator_settings.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace weir {

namespace {

using detail::graph_edge;
using detail::graph_node;
using detail::partitioning;
using detail::stream_graph;

error wrong(const graph_node& node, const std::string& what) {
  return error{errc::invalid_argument, describe(node) + " " + what};
}

std::string subtasks(std::uint32_t count) {
  return std::to_string(count) + (count == 1 ? " subtask" : " subtasks");
}

/// Enough key groups that the job can be scaled up half as much again and more, as Flink derives it: a power
/// of two, since then most parallelisms get even shares.
std::uint32_t derived_max_parallelism(std::uint32_t parallelism) {
  return std::clamp(std::bit_ceil(parallelism + parallelism / 2), 128u, parallelism_max);
}

std::optional<error> check_structure(const stream_graph& graph) {
  if (graph.nodes.empty())
    return error{errc::invalid_argument, "the job has no operators: begin with env.from(...)"};
  std::vector<bool> is_read(graph.nodes.size());
  for (std::uint32_t index = 0; index < graph.nodes.size(); ++index) {
    const graph_node& node = graph.nodes[index];
    if (!node.make)
      return wrong(node, "has no code");
    if (node.is_source != node.inputs.empty())
      return wrong(node, node.is_source ? "is a source and has an input" : "has no input");
    for (const graph_edge& edge : node.inputs) {
      if (edge.from >= index)
        return wrong(node, "reads from an operator that comes after it");
      if (edge.output > graph.nodes[edge.from].side_outputs.size())
        return wrong(node, "reads side output " + std::to_string(edge.output - 1) + " of " +
                               describe(graph.nodes[edge.from]) + ", which has only " +
                               std::to_string(graph.nodes[edge.from].side_outputs.size()));
      if (!detail::record_of_output(graph.nodes[edge.from], edge.output))
        return wrong(node, "reads from " + describe(graph.nodes[edge.from]) + ", which is a sink");
      if (!edge.make_partitioner && (edge.how == partitioning::hash || edge.how == partitioning::custom))
        return wrong(node, "has an input without the code of its partitioner");
      is_read[edge.from] = true;
    }
  }
  for (std::uint32_t index = 0; index < graph.nodes.size(); ++index)
    if (graph.nodes[index].record && !is_read[index])
      return wrong(graph.nodes[index],
                   "emits records that nothing reads: end it with a sink, such as write_text, print, "
                   "collect or for_each");
  return std::nullopt;
}

class settlement {
public:
  settlement(const stream_graph& graph, const compile_options& options) : graph_{graph}, options_{options} {}

  result<std::vector<operator_settings>> run() {
    if (auto failure = check_structure(graph_))
      return *failure;
    for (const graph_node& node : graph_.nodes) {
      operator_settings settings;
      if (auto failure = settle_parallelism(node, settings))
        return *failure;
      settings.slot_sharing_group = slot_sharing_group(node);
      if (auto failure = settle_inputs(node, settings))
        return *failure;
      settled_.push_back(std::move(settings));
    }
    return std::move(settled_);
  }

private:
  std::optional<error> settle_parallelism(const graph_node& node, operator_settings& settings) const {
    std::uint32_t chosen = node.parallelism     ? node.parallelism
                           : graph_.parallelism ? graph_.parallelism
                                                : options_.parallelism;
    if (node.fixed_parallelism) {
      if (node.parallelism && node.parallelism != node.fixed_parallelism)
        return wrong(node, "always has " + subtasks(node.fixed_parallelism) + ": remove set_parallelism(" +
                               std::to_string(node.parallelism) + ")");
      chosen = node.fixed_parallelism;
    }
    if (chosen == 0 || chosen > parallelism_max)
      return wrong(node, "has a parallelism of " + std::to_string(chosen) + ": it must be between 1 and " +
                             std::to_string(parallelism_max));
    std::uint32_t groups = node.max_parallelism       ? node.max_parallelism
                           : graph_.max_parallelism   ? graph_.max_parallelism
                           : options_.max_parallelism ? options_.max_parallelism
                                                      : derived_max_parallelism(chosen);
    if (groups > parallelism_max)
      return wrong(node, "has " + std::to_string(groups) +
                             " key groups: the maximum parallelism is at most " +
                             std::to_string(parallelism_max));
    if (chosen > groups)
      return wrong(node, "has a parallelism of " + std::to_string(chosen) +
                             ", above its maximum parallelism of " + std::to_string(groups) +
                             ": lower the one or raise the other");
    settings.parallelism = chosen;
    settings.max_parallelism = groups;
    return std::nullopt;
  }

  std::string slot_sharing_group(const graph_node& node) const {
    if (!node.slot_sharing_group.empty())
      return node.slot_sharing_group;
    std::optional<std::string> common;
    for (const graph_edge& edge : node.inputs) {
      const std::string& group = settled_[edge.from].slot_sharing_group;
      if (common && *common != group)
        return "default";
      common = group;
    }
    return common.value_or("default");
  }

  std::optional<error> settle_inputs(const graph_node& node, operator_settings& settings) const {
    for (const graph_edge& edge : node.inputs) {
      std::uint32_t producers = settled_[edge.from].parallelism;
      if (!edge.chosen)
        settings.inputs.push_back(producers == settings.parallelism ? partitioning::forward
                                                                    : partitioning::rebalance);
      else if (edge.how == partitioning::forward && producers != settings.parallelism)
        return wrong(node, "with " + subtasks(settings.parallelism) +
                               " cannot get its records by forward() from " +
                               describe(graph_.nodes[edge.from]) + " with " + subtasks(producers) +
                               ": use rebalance() or rescale(), or set the same parallelism");
      else
        settings.inputs.push_back(edge.how);
    }
    return std::nullopt;
  }

  const stream_graph& graph_;
  const compile_options& options_;
  std::vector<operator_settings> settled_;
};

} // namespace

std::string describe(const graph_node& node) {
  std::string text = "operator \"" + node.name + "\"";
  return node.kind.empty() || node.kind == node.name ? text : text + " (" + node.kind + ")";
}

result<std::vector<operator_settings>> settle_operators(const stream_graph& graph,
                                                        const compile_options& options) {
  return settlement{graph, options}.run();
}

} // namespace weir
