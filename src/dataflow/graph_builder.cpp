#include <weir/detail/graph_builder.hpp>

#include <stdexcept>

namespace weir::detail {

std::uint32_t add_node(const upstream& from, std::string kind, const record_type* record,
                       operator_factory make) {
  auto& nodes = from.env->graph().nodes;
  for (std::uint32_t producer : from.nodes)
    if (!nodes[producer].record)
      throw std::logic_error{"\"" + nodes[producer].name + "\" is a sink: there is nothing to read from it"};
  graph_node node;
  node.name = kind;
  node.kind = std::move(kind);
  node.record = record;
  node.make = std::move(make);
  for (std::uint32_t producer : from.nodes)
    node.inputs.push_back({producer, 0, from.how, from.chosen, from.make_partitioner});
  nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(nodes.size() - 1);
}

std::uint32_t add_source(environment& env, std::string name, const record_type* record,
                         operator_factory make) {
  std::uint32_t index = add_node(upstream{&env, {}}, "source", record, std::move(make));
  graph_node& node = env.graph().nodes[index];
  node.name = std::move(name);
  node.is_source = true;
  return index;
}

graph_node& attributed_node(const upstream& from, const char* attribute) {
  if (from.nodes.size() != 1)
    throw std::logic_error{
        std::string{attribute} +
        "() on a union, which is no operator: set it on the streams before or on what reads it"};
  return from.env->graph().nodes[from.nodes.front()];
}

std::uint32_t checked_parallelism(std::uint32_t subtasks, const std::string& of) {
  constexpr std::uint32_t highest = 32768;
  if (subtasks == 0 || subtasks > highest)
    throw std::invalid_argument{"a parallelism of " + std::to_string(subtasks) + " for " + of +
                                ": it must be between 1 and " + std::to_string(highest)};
  return subtasks;
}

upstream unite(upstream a, const upstream& b) {
  if (a.env != b.env)
    throw std::logic_error{"a union of streams of two environments"};
  if (a.chosen || b.chosen)
    throw std::logic_error{"a union of a partitioned stream: partition the union instead"};
  a.nodes.insert(a.nodes.end(), b.nodes.begin(), b.nodes.end());
  return a;
}

upstream partitioned(upstream from, partitioning how, partitioner_factory make_partitioner) {
  from.how = how;
  from.chosen = true;
  from.make_partitioner = std::move(make_partitioner);
  return from;
}

} // namespace weir::detail
