#pragma once

#include "dataflow/job_graph.hpp"
#include "scheduler/slot_pool.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace weir {

/// Which subtasks of a job share a slot.
///
/// A slot hosts at most one subtask of each vertex of one sharing group: subtask i of every vertex goes to
/// the group's slot i, so that a forward edge never leaves a slot. A group needs as many slots as its highest
/// parallelism.
///
///     group "default": source x2, count x4, sink x1         group "io": copy x1
///       slot 0: source 0, count 0, sink 0                      slot 4: copy 0
///       slot 1: source 1, count 1
///       slot 2: count 2
///       slot 3: count 3
class slot_sharing {
public:
  explicit slot_sharing(const job_graph& graph);

  /// Slots the job needs.
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(subtasks_in_.size()); }

  /// In which of them a subtask goes.
  [[nodiscard]] std::uint32_t slot_of(std::uint32_t vertex, std::uint32_t subtask) const {
    return first_slot_[vertex] + subtask;
  }

  /// Which real slot each of the `empty` slots gets, one for each. The fullest ones are spread over the
  /// workers first, so that no worker gets many of a vertex of low parallelism, which is often the heavy one.
  /// `taken`: real slots that others have already, by slot. `wished`: the worker that a slot is to be on if
  /// that has one left.
  [[nodiscard]] std::map<std::uint32_t, slot_grant>
  distribute(const std::vector<slot_grant>& real, const std::vector<std::uint32_t>& empty,
             const std::map<std::uint32_t, slot_grant>& taken,
             const std::map<std::uint32_t, incarnation_id>& wished = {}) const;

private:
  std::vector<std::uint32_t> first_slot_;  ///< by vertex
  std::vector<std::uint32_t> subtasks_in_; ///< by slot
};

} // namespace weir
