#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/record_type.hpp>
#include <weir/restarts.hpp>
#include <weir/state_backend.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::detail {

/// How records of an edge find their consumer's subtask.
enum class partitioning : std::uint8_t {
  forward,   ///< to the subtask of the same number; the only kind that can be chained
  hash,      ///< by key group
  rebalance, ///< round robin over all
  rescale,   ///< round robin over the nearest ones
  broadcast, ///< to every subtask
  global,    ///< to subtask 0
  custom,    ///< the user's function chooses
};

enum class chaining : std::uint8_t {
  always, ///< with the operator before and behind where possible
  head,   ///< begins a chain: not with the one before
  never,  ///< alone
};

struct graph_edge {
  std::uint32_t from = 0; ///< index into stream_graph::nodes
  /// 0: the records of the node; n: its side output n - 1.
  std::uint32_t output = 0;
  std::uint32_t input = 0; ///< which input of the consumer
  partitioning how = partitioning::forward;
  /// False until the user names a partitioner: the engine then takes forward where the parallelism is equal,
  /// and rebalance where it is not.
  bool chosen = false;
  /// For hash and custom edges, which need the record's type and the user's function. Empty for the others.
  partitioner_factory make_partitioner = {};
};

/// A second stream of an operator's records.
struct side_output {
  std::string name;
  const record_type* record = nullptr;
};

/// One operator as the user wrote it.
struct graph_node {
  std::string name;
  std::string uid;
  std::string kind;                    ///< "source", "map", "sink", …
  std::uint32_t parallelism = 0;       ///< 0: the job's
  std::uint32_t fixed_parallelism = 0; ///< not 0: the only one possible (a non-keyed final result, a socket)
  std::uint32_t max_parallelism = 0;   ///< 0: the job's
  std::string slot_sharing_group;      ///< empty: that of the inputs, else "default"
  chaining chain = chaining::always;
  std::vector<graph_edge> inputs;      ///< producers have a lower index than their consumers
  const record_type* record = nullptr; ///< what it emits; nullptr for a sink
  std::vector<side_output> side_outputs;
  bool is_source = false;

  /// The operator alone.
  operator_factory make;

  /// The operators from `fused_from` to this one as one, for when they are in one chain and nothing else
  /// reads what is between them. Empty where there is nothing to fuse.
  operator_factory make_fused;
  std::uint32_t fused_from = 0;
};

/// What comes out of one output of an operator; nullptr where there is no such output.
inline const record_type* record_of_output(const graph_node& node, std::uint32_t output) {
  if (output == 0)
    return node.record;
  return output <= node.side_outputs.size() ? node.side_outputs[output - 1].record : nullptr;
}

/// The dataflow as the user wrote it, with the code of its operators. Made by a job function, by the client
/// and again by every worker.
struct stream_graph {
  std::string job_name;
  std::uint32_t parallelism = 0;     ///< 0: what was asked at submission
  std::uint32_t max_parallelism = 0; ///< 0: 128, or more when the parallelism needs it
  bool chaining_enabled = true;
  std::optional<std::int64_t> buffer_timeout_ms;     ///< 0: each record at once, -1: only full batches
  std::optional<std::int64_t> watermark_interval_ms; ///< 0: a watermark behind every batch of records
  std::optional<state_backend> backend;              ///< by default what each worker's configuration says
  std::optional<std::chrono::milliseconds>
      checkpoint_interval;                 ///< for the master; submission may override it
  std::optional<restart_settings> restart; ///< the same
  std::vector<graph_node> nodes;
};

} // namespace weir::detail
