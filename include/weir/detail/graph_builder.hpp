#pragma once

#include <weir/detail/graph.hpp>
#include <weir/environment.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// The end of a stream: one output of an operator.
struct stream_end {
  std::uint32_t node = 0;   ///< index into stream_graph::nodes
  std::uint32_t output = 0; ///< 0: its records; n: its side output n - 1
};

/// Where a stream comes from: one producer, or several after a union; with the way its next edge takes.
struct upstream {
  environment* env = nullptr;
  std::vector<stream_end> ends;
  partitioning how = partitioning::forward;
  bool chosen = false;
  partitioner_factory make_partitioner = {};

  static upstream of(environment* env, std::uint32_t node, std::uint32_t output = 0) {
    return {env, {{node, output}}};
  }
};

/// Adds an operator that reads `from` and returns its index.
std::uint32_t add_node(const upstream& from, std::string kind, const record_type* record,
                       operator_factory make);

/// Adds an operator with several inputs: the stream at position i is its input i.
std::uint32_t add_node(const std::vector<upstream>& inputs, std::string kind, const record_type* record,
                       operator_factory make);

/// Adds a side output to an operator; returns its number for operator_context::side_out. Throws
/// std::invalid_argument for a second one of that name.
std::uint32_t add_side_output(environment& env, std::uint32_t node, std::string name,
                              const record_type* record);

/// Adds an operator without inputs.
std::uint32_t add_source(environment& env, std::string name, const record_type* record,
                         operator_factory make);

/// The node that an attribute concerns. Throws std::logic_error for a union, which is no operator.
graph_node& attributed_node(const upstream& from, const char* attribute);

/// Throws std::invalid_argument unless 1 <= subtasks <= 32768.
std::uint32_t checked_parallelism(std::uint32_t subtasks, const std::string& of);

/// Throws std::logic_error unless both streams are of one environment.
upstream unite(upstream a, const upstream& b);

/// `from` with its next edge partitioned in a way the user chose.
upstream partitioned(upstream from, partitioning how, partitioner_factory make_partitioner = {});

} // namespace weir::detail
