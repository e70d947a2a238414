#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "dataflow/job_graph.hpp"
#include "operators/watermark_alignment.hpp"
#include "state/operator_state_registry.hpp"

#include <weir/detail/graph.hpp>
#include <weir/detail/operator.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace weir {

/// Makes the states of one operator.
using make_operator_states =
    std::function<result<std::unique_ptr<operator_state_registry>>(operator_subtask)>;

/// What an operator chain needs to know of the task around it. All that it refers to outlives the chain.
struct chain_setup {
  /// Takes what leaves the chain on an edge, as its last operator. A time of `max_event_time` only announces
  /// the end.
  struct exit {
    std::uint32_t edge = 0; ///< index into job_graph::edges
    detail::stream_operator* to = nullptr;
    /// Told when what goes there becomes idle, and when it is active again.
    std::function<void(bool idle)> on_idleness = {};
  };
  /// Brings what enters it on an edge.
  struct entry {
    std::uint32_t edge = 0;
    std::uint32_t channels = 0;
  };

  const job_graph& graph;
  const detail::stream_graph& code;
  attempt_id attempt;
  weir::platform& platform;
  const std::atomic<bool>& canceled;
  std::size_t collect_max_size;
  watermark_alignment& alignment;
  std::vector<exit> exits;
  std::vector<entry> entries;
  /// Makes the states of an operator; where it is empty, they begin empty and are in memory.
  make_operator_states make_states = {};
  /// Checkpoints are taken. Snapshots then say which operators have ended: what those gave at their end is
  /// not given again.
  bool checkpointed = false;
  bool restored = false;  ///< the job goes on from a snapshot
  bool goes_back = false; ///< which is not its newest: restored_state::goes_back
  /// There are only the sinks that commit, for them to end what earlier attempts have prepared: no records
  /// come, and no channels are needed.
  bool only_sinks = false;
};

} // namespace weir
