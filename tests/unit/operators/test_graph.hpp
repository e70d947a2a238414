#pragma once

#include "dataflow/job_graph.hpp"

#include "../exchange/records.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::testing {

/// Builds the two graphs of a job by hand, so that tests of what runs them need no compiler.
class test_graph {
public:
  struct input {
    std::uint32_t from = 0; ///< node
    std::uint32_t number = 0;
    detail::partitioning how = detail::partitioning::forward;
    detail::partitioner_factory make = {};
    std::uint32_t output = 0;
  };

  test_graph() { graph->buffer_timeout_ms = -1; }

  /// Adds an operator of records of `entry`; returns its node.
  std::uint32_t add(std::string name, std::vector<input> inputs, detail::operator_factory make,
                    bool is_sink = false) {
    detail::graph_node node;
    node.name = std::move(name);
    for (const input& one : inputs)
      node.inputs.push_back({one.from, one.output, one.number, one.how, true, one.make});
    node.record = is_sink ? nullptr : &detail::record_type_of<entry>();
    node.is_source = inputs.empty();
    node.make = std::move(make);
    code->nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(code->nodes.size() - 1);
  }

  /// Puts nodes into a vertex. All vertices are added before connect().
  void vertex(const std::vector<std::uint32_t>& nodes, std::uint32_t parallelism = 1) {
    job_vertex made;
    made.parallelism = parallelism;
    for (std::uint32_t node : nodes) {
      made.operators.push_back({.node = node, .name = code->nodes[node].name});
      made.name += (made.name.empty() ? "" : " -> ") + code->nodes[node].name;
    }
    graph->vertices.push_back(std::move(made));
  }

  /// Makes an edge of every input that comes from another vertex.
  void connect() {
    auto place = [&](std::uint32_t node) {
      for (std::uint32_t v = 0; v < graph->vertices.size(); ++v)
        for (std::uint32_t o = 0; o < graph->vertices[v].operators.size(); ++o)
          if (graph->vertices[v].operators[o].node == node)
            return std::pair{v, o};
      throw std::logic_error{"the node is in no vertex"};
    };
    for (std::uint32_t node = 0; node < code->nodes.size(); ++node)
      for (std::uint32_t k = 0; k < code->nodes[node].inputs.size(); ++k) {
        const auto& input = code->nodes[node].inputs[k];
        auto [from_vertex, from_operator] = place(input.from);
        auto [to_vertex, to_operator] = place(node);
        if (from_vertex == to_vertex)
          graph->vertices[to_vertex].operators[to_operator].inputs.emplace_back(from_operator, input.output);
        else
          graph->edges.push_back({from_vertex, from_operator, input.output, to_vertex, to_operator,
                                  input.input, k, input.how, "entry", 1});
      }
  }

  std::shared_ptr<detail::stream_graph> code = std::make_shared<detail::stream_graph>();
  std::shared_ptr<job_graph> graph = std::make_shared<job_graph>();
};

} // namespace weir::testing
