#pragma once

#include <weir/detail/graph.hpp>
#include <weir/environment.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// Where a stream comes from: one producer, or several after a union; with the way its next edge takes.
struct upstream {
  environment* env = nullptr;
  std::vector<std::uint32_t> nodes;
  partitioning how = partitioning::forward;
  bool chosen = false;
  partitioner_factory make_partitioner = {};

  static upstream of(environment* env, std::uint32_t node) { return {env, {node}}; }
};

/// Adds an operator that reads `from` and returns its index.
std::uint32_t add_node(const upstream& from, std::string kind, const record_type* record,
                       operator_factory make);

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
