#include <weir/detail/graph_builder.hpp>

#include <stdexcept>

namespace weir::detail {

namespace {

void check_readable(const upstream& from) {
  const auto& nodes = from.env->graph().nodes;
  for (const stream_end& end : from.ends)
    if (!record_of_output(nodes[end.node], end.output))
      throw std::logic_error{"\"" + nodes[end.node].name + "\" is a sink: there is nothing to read from it"};
}

std::uint32_t append_node(environment& env, std::vector<graph_edge> inputs, std::string kind,
                          const record_type* record, operator_factory make) {
  auto& nodes = env.graph().nodes;
  graph_node node;
  node.name = kind;
  node.kind = std::move(kind);
  node.record = record;
  node.make = std::move(make);
  node.inputs = std::move(inputs);
  nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(nodes.size() - 1);
}

} // namespace

std::uint32_t add_node(const upstream& from, std::string kind, const record_type* record,
                       operator_factory make) {
  return add_node(std::vector{from}, std::move(kind), record, std::move(make));
}

std::uint32_t add_node(const std::vector<upstream>& inputs, std::string kind, const record_type* record,
                       operator_factory make) {
  std::vector<graph_edge> edges;
  for (std::uint32_t input = 0; input < inputs.size(); ++input) {
    const upstream& from = inputs[input];
    if (from.env != inputs.front().env)
      throw std::logic_error{"\"" + kind + "\" reads streams of two environments"};
    check_readable(from);
    for (const stream_end& end : from.ends)
      edges.push_back({end.node, end.output, input, from.how, from.chosen, from.make_partitioner});
  }
  return append_node(*inputs.front().env, std::move(edges), std::move(kind), record, std::move(make));
}

std::uint32_t add_side_output(environment& env, std::uint32_t node, std::string name,
                              const record_type* record) {
  auto& outputs = env.graph().nodes[node].side_outputs;
  for (const side_output& other : outputs)
    if (other.name == name)
      throw std::invalid_argument{"\"" + env.graph().nodes[node].name + "\" has two side outputs \"" + name +
                                  "\": each needs a name of its own"};
  outputs.push_back({std::move(name), record});
  return static_cast<std::uint32_t>(outputs.size() - 1);
}

std::uint32_t add_source(environment& env, std::string name, const record_type* record,
                         operator_factory make) {
  std::uint32_t index = append_node(env, {}, "source", record, std::move(make));
  graph_node& node = env.graph().nodes[index];
  node.name = std::move(name);
  node.is_source = true;
  return index;
}

graph_node& attributed_node(const upstream& from, const char* attribute) {
  if (from.ends.size() != 1)
    throw std::logic_error{
        std::string{attribute} +
        "() on a union, which is no operator: set it on the streams before or on what reads it"};
  return from.env->graph().nodes[from.ends.front().node];
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
  a.ends.insert(a.ends.end(), b.ends.begin(), b.ends.end());
  return a;
}

upstream partitioned(upstream from, partitioning how, partitioner_factory make_partitioner) {
  from.how = how;
  from.chosen = true;
  from.make_partitioner = std::move(make_partitioner);
  return from;
}

} // namespace weir::detail
