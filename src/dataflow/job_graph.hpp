#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"

#include <weir/detail/graph.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// What an operator reads from another one of its chain.
struct chained_input {
  std::uint32_t from = 0;   ///< index into job_vertex::operators
  std::uint32_t output = 0; ///< 0: the records; n: side output n - 1

  chained_input() = default;
  chained_input(std::uint32_t op, std::uint32_t of_output = 0) : from{op}, output{of_output} {}
  bool operator==(const chained_input&) const = default;
};

/// An operator inside a chain.
struct job_operator {
  operator_id id;
  std::uint32_t node = 0; ///< index into stream_graph::nodes
  std::string name;
  std::string uid;
  std::string kind;
  std::vector<chained_input> inputs; ///< a network input is not here
  bool operator==(const job_operator&) const = default;
};

/// Whether it is a sink that prepares its output, to commit it when a checkpoint is complete.
bool is_committing(const job_operator& op);

/// A chain of operators (a DAG) that runs as one task in each of `parallelism` subtasks.
struct job_vertex {
  operator_id id; ///< of its last operator; REST's vertex id
  std::string name;
  std::uint32_t parallelism = 1;
  std::uint32_t max_parallelism = 128;
  std::string slot_sharing_group = "default";
  std::vector<job_operator> operators; ///< producers before consumers
  bool operator==(const job_vertex&) const = default;
};

/// A stream between two vertices.
struct job_edge {
  std::uint32_t from_vertex = 0;
  std::uint32_t from_operator = 0; ///< index into job_vertex::operators
  std::uint32_t from_output = 0;   ///< 0: the operator's records; n: its side output n - 1
  std::uint32_t to_vertex = 0;
  std::uint32_t to_operator = 0;
  std::uint32_t input = 0;      ///< of the consuming operator
  std::uint32_t graph_edge = 0; ///< index into the consuming node's `inputs`
  detail::partitioning how = detail::partitioning::forward;
  std::string record; ///< readable record type
  std::uint64_t record_layout = 0;
  bool operator==(const job_edge&) const = default;
};

/// The dataflow as it is scheduled: without code, so that the master can hold it.
struct job_graph {
  std::string name;
  std::int64_t buffer_timeout_ms = 10;
  std::int64_t watermark_interval_ms = 200; ///< 0: a watermark behind every batch
  std::optional<state_backend> backend;     ///< empty: what the worker's configuration says
  std::vector<job_vertex> vertices;         ///< producers before consumers
  std::vector<job_edge> edges;
  bool operator==(const job_graph&) const = default;
};

/// Hash over all of the graph. Two equal fingerprints mean the same operators, chains, edges and record
/// layouts.
std::uint64_t fingerprint(const job_graph& graph);

/// The subtasks of the producer that feed subtask `consumer`, in order. All edges of one graph agree with
/// consumers_of: both follow from the partitioning and the two parallelisms alone.
std::vector<std::uint32_t> producers_of(const job_graph& graph, const job_edge& edge, std::uint32_t consumer);
std::vector<std::uint32_t> consumers_of(const job_graph& graph, const job_edge& edge, std::uint32_t producer);

struct compile_options {
  std::uint32_t parallelism = 1;            ///< where neither job nor operator states one
  bool chaining = true;                     ///< pipeline.operator-chaining.enabled
  std::uint32_t max_parallelism = 0;        ///< pipeline.max-parallelism; 0: derived
  std::int64_t buffer_timeout_ms = 10;      ///< execution.buffer-timeout; where the job states none
  std::int64_t watermark_interval_ms = 200; ///< pipeline.auto-watermark-interval; the same
  std::optional<state_backend> backend;     ///< state.backend.type; where the job states none
  std::string name;                         ///< overrides the job's own
};

/// Turns what the user wrote into chains and edges. Errors name the operator and say what to change.
result<job_graph> compile(const detail::stream_graph& graph, const compile_options& options);

} // namespace weir
