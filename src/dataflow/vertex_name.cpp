#include "dataflow/vertex_name.hpp"

#include <cstdint>
#include <vector>

namespace weir {

namespace {

struct name_writer {
  const job_vertex& vertex;
  const detail::stream_graph& graph;
  std::vector<std::vector<std::uint32_t>> behind; // each operator behind the first it reads from

  std::string label(std::uint32_t op) const {
    const detail::graph_node& node = graph.nodes[vertex.operators[op].node];
    const char* role = node.is_source ? "Source: " : node.record ? "" : "Sink: ";
    return role + node.name;
  }

  std::string from(std::uint32_t op) const {
    // Not by recursion along a line, which may be long.
    std::string name = label(op);
    while (behind[op].size() == 1) {
      op = behind[op].front();
      name += " -> " + label(op);
    }
    if (behind[op].empty())
      return name;
    name += " -> (";
    for (std::uint32_t next : behind[op])
      name += (next == behind[op].front() ? "" : ", ") + from(next);
    return name + ")";
  }
};

} // namespace

std::string vertex_name(const job_vertex& vertex, const detail::stream_graph& graph) {
  name_writer writer{vertex, graph, {}};
  writer.behind.resize(vertex.operators.size());
  for (std::uint32_t op = 0; op < vertex.operators.size(); ++op)
    if (const auto& inputs = vertex.operators[op].inputs; !inputs.empty())
      writer.behind[inputs.front().from].push_back(op);
  std::string name;
  for (std::uint32_t op = 0; op < vertex.operators.size(); ++op)
    if (vertex.operators[op].inputs.empty())
      name += (name.empty() ? "" : ", ") + writer.from(op);
  return name;
}

} // namespace weir
