#pragma once

#include "dataflow/job_graph.hpp"

#include <weir/detail/codec.hpp>
#include <weir/detail/graph.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>

/// Stream graphs without code, written down briefly.
struct graph_under_construction {
  weir::detail::stream_graph graph;
  weir::compile_options options;

  using node = weir::detail::graph_node;
  using how = weir::detail::partitioning;

  /// The index of an operator by its name.
  std::uint32_t at(const std::string& name) const {
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i)
      if (graph.nodes[i].name == name)
        return i;
    throw std::out_of_range{name};
  }

  node& add(const std::string& name, const std::string& kind, std::initializer_list<std::string> from) {
    node added;
    added.name = name;
    added.kind = kind;
    added.make = [] { return nullptr; };
    added.record = &weir::detail::record_type_of<int>();
    added.is_source = from.size() == 0;
    for (const std::string& producer : from)
      added.inputs.push_back({at(producer), 0, 0, how::forward, false, {}});
    return graph.nodes.emplace_back(std::move(added));
  }

  node& source(const std::string& name) { return add(name, "source", {}); }
  node& map(const std::string& name, std::initializer_list<std::string> from) {
    return add(name, "map", from);
  }
  node& sink(const std::string& name, std::initializer_list<std::string> from) {
    node& added = add(name, "sink", from);
    added.record = nullptr;
    return added;
  }

  /// Partitions all inputs of `consumer` in a way that the user chose.
  node& partition(node& consumer, how chosen) {
    for (auto& edge : consumer.inputs) {
      edge.how = chosen;
      edge.chosen = true;
      edge.make_partitioner = [](const weir::detail::partitioner_context&) { return nullptr; };
    }
    return consumer;
  }

  weir::result<weir::job_graph> compile() const { return weir::compile(graph, options); }

  weir::job_graph compiled() const {
    auto job = compile();
    if (!job)
      throw std::runtime_error{job.failure().message()};
    return *std::move(job);
  }

  std::string failure() const {
    auto job = compile();
    return job ? "" : job.failure().message();
  }

  /// The names of the vertices, in order.
  std::vector<std::string> vertices() const {
    std::vector<std::string> names;
    for (const auto& vertex : compiled().vertices)
      names.push_back(vertex.name);
    return names;
  }
};
