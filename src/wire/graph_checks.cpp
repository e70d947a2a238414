#include "wire/graph_checks.hpp"

#include "wire/graph_codec.hpp"

#include <utility>

namespace weir::wire {

namespace {

constexpr std::uint32_t parallelism_max = 32768; // as many key groups as there may be

std::string wrong_vertex(const job_vertex& vertex) {
  if (vertex.parallelism < 1 || vertex.parallelism > vertex.max_parallelism ||
      vertex.max_parallelism > parallelism_max)
    return "has parallelism " + std::to_string(vertex.parallelism) + " of at most " +
           std::to_string(vertex.max_parallelism);
  if (vertex.operators.empty())
    return "has no operators";
  for (std::uint32_t index = 0; index < vertex.operators.size(); ++index)
    for (const chained_input& input : vertex.operators[index].inputs)
      if (input.from >= index)
        return "has operator " + std::to_string(index) + " before its input " + std::to_string(input.from);
  return {};
}

std::string wrong_edge(const job_graph& graph, const job_edge& edge) {
  if (edge.from_vertex >= edge.to_vertex || edge.to_vertex >= graph.vertices.size())
    return "leads from vertex " + std::to_string(edge.from_vertex) + " to vertex " +
           std::to_string(edge.to_vertex) + " of " + std::to_string(graph.vertices.size());
  const job_vertex& from = graph.vertices[edge.from_vertex];
  const job_vertex& to = graph.vertices[edge.to_vertex];
  if (edge.from_operator >= from.operators.size() || edge.to_operator >= to.operators.size())
    return "names an operator that does not exist";
  if (edge.how == detail::partitioning::forward && from.parallelism != to.parallelism)
    return "is forward between parallelisms " + std::to_string(from.parallelism) + " and " +
           std::to_string(to.parallelism);
  return {};
}

} // namespace

std::string what_is_wrong_with(const job_graph& graph) {
  if (graph.buffer_timeout_ms < -1)
    return "its buffer timeout is " + std::to_string(graph.buffer_timeout_ms) + " ms";
  if (graph.watermark_interval_ms < 0)
    return "its watermark interval is " + std::to_string(graph.watermark_interval_ms) + " ms";
  std::uint64_t subtasks = 0;
  for (std::uint32_t index = 0; index < graph.vertices.size(); ++index) {
    const job_vertex& vertex = graph.vertices[index];
    if (std::string wrong = wrong_vertex(vertex); !wrong.empty())
      return "vertex " + std::to_string(index) + " " + wrong;
    subtasks += vertex.parallelism;
  }
  if (subtasks > job_subtasks_max)
    return "it has " + std::to_string(subtasks) + " subtasks, more than " + std::to_string(job_subtasks_max);
  std::uint64_t channels = 0;
  for (std::uint32_t index = 0; index < graph.edges.size(); ++index) {
    const job_edge& edge = graph.edges[index];
    if (std::string wrong = wrong_edge(graph, edge); !wrong.empty())
      return "edge " + std::to_string(index) + " " + wrong;
    std::uint64_t consumers = graph.vertices[edge.to_vertex].parallelism;
    channels += edge.how == detail::partitioning::forward
                    ? consumers
                    : consumers * graph.vertices[edge.from_vertex].parallelism;
  }
  if (channels > job_channels_max)
    return "it has " + std::to_string(channels) + " channels, more than " + std::to_string(job_channels_max);
  return {};
}

} // namespace weir::wire
