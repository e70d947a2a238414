#include "dataflow/job_graph.hpp"

#include "base/hash.hpp"

#include <concepts>
#include <numeric>
#include <string_view>

namespace weir {

namespace {

/// Puts values one after another so that different sequences never look the same.
class fingerprint_text {
public:
  fingerprint_text& add(std::integral auto number) {
    bytes_ += std::to_string(number);
    bytes_ += ';';
    return *this;
  }
  fingerprint_text& add(std::string_view text) {
    add(text.size());
    bytes_ += text;
    return *this;
  }
  fingerprint_text& add(const random_id& id) { return add(id.high).add(id.low); }

  [[nodiscard]] std::uint64_t hash() const { return hash64(bytes_); }

private:
  std::string bytes_;
};

void add(fingerprint_text& text, const job_vertex& vertex) {
  text.add(vertex.id).add(vertex.name).add(vertex.parallelism).add(vertex.max_parallelism);
  text.add(vertex.slot_sharing_group).add(vertex.operators.size());
  for (const job_operator& each : vertex.operators) {
    text.add(each.id).add(each.node).add(each.name).add(each.uid).add(each.kind).add(each.inputs.size());
    for (const chained_input& input : each.inputs)
      text.add(input.from).add(input.output);
  }
}

void add(fingerprint_text& text, const job_edge& edge) {
  text.add(edge.from_vertex)
      .add(edge.from_operator)
      .add(edge.from_output)
      .add(edge.to_vertex)
      .add(edge.to_operator)
      .add(edge.input);
  text.add(edge.graph_edge).add(static_cast<unsigned>(edge.how)).add(edge.record).add(edge.record_layout);
}

/// The part of `others` subtasks that subtask `index` of `count` is connected to when both are laid side by
/// side: a contiguous range of them where there are more of them, else the one it falls into.
std::vector<std::uint32_t> nearest(std::uint64_t index, std::uint64_t count, std::uint64_t others) {
  if (others <= count)
    return {static_cast<std::uint32_t>(index * others / count)};
  // Those whose own nearest one is `index`, by the line above.
  std::uint64_t begin = (index * others + count - 1) / count;
  std::uint64_t end = ((index + 1) * others + count - 1) / count;
  std::vector<std::uint32_t> range(end - begin);
  std::iota(range.begin(), range.end(), static_cast<std::uint32_t>(begin));
  return range;
}

std::vector<std::uint32_t> connected(detail::partitioning how, std::uint32_t index, std::uint32_t count,
                                     std::uint32_t others) {
  switch (how) {
  case detail::partitioning::forward:
    return {index};
  case detail::partitioning::rescale:
    return nearest(index, count, others);
  default: {
    std::vector<std::uint32_t> all(others);
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  }
}

} // namespace

std::uint64_t fingerprint(const job_graph& graph) {
  fingerprint_text text;
  text.add(graph.name)
      .add(graph.buffer_timeout_ms)
      .add(graph.watermark_interval_ms)
      .add(graph.backend ? 1 + static_cast<std::uint64_t>(*graph.backend) : 0)
      .add(graph.vertices.size());
  for (const job_vertex& vertex : graph.vertices)
    add(text, vertex);
  text.add(graph.edges.size());
  for (const job_edge& edge : graph.edges)
    add(text, edge);
  return text.hash();
}

bool is_committing(const job_operator& op) {
  return op.kind == "write_text" || op.kind == "write_to";
}

std::vector<std::uint32_t> producers_of(const job_graph& graph, const job_edge& edge,
                                        std::uint32_t consumer) {
  return connected(edge.how, consumer, graph.vertices[edge.to_vertex].parallelism,
                   graph.vertices[edge.from_vertex].parallelism);
}

std::vector<std::uint32_t> consumers_of(const job_graph& graph, const job_edge& edge,
                                        std::uint32_t producer) {
  return connected(edge.how, producer, graph.vertices[edge.from_vertex].parallelism,
                   graph.vertices[edge.to_vertex].parallelism);
}

} // namespace weir
