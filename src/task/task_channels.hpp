#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "dataflow/job_graph.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// "words (2/4)": a subtask as people read it.
std::string subtask_name(const job_graph& graph, const attempt_id& attempt);

/// The channels of one subtask, numbered: edge by edge, and within an edge in the order of producers_of and
/// consumers_of.
struct task_channels {
  /// A run of channels that belong to one edge.
  struct edge_channels {
    std::uint32_t edge = 0; ///< index into job_graph::edges
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };

  std::vector<edge_channels> edges_in;
  std::vector<edge_channels> edges_out;
  std::vector<channel_id> in;
  std::vector<channel_id> out;
  std::vector<producer_location> producers; ///< by incoming channel

  [[nodiscard]] std::optional<std::uint32_t> find_out(const channel_id& channel) const;
};

/// Fails when the graph has no such subtask.
result<void> check_subtask(const job_graph& graph, const attempt_id& attempt);

/// Matches what a deployment says with the channels that the graph has. Fails when one is missing or of no
/// channel.
result<task_channels> number_channels(const job_graph& graph, const attempt_id& attempt,
                                      const std::vector<producer_location>& producers,
                                      const std::vector<consumer_reference>& consumers);

} // namespace weir
