#pragma once

#include "dataflow/job_graph.hpp"

#include <cstdint>
#include <vector>

namespace weir {

/// A subtask of a job, whichever of its attempts is present.
struct subtask_place {
  std::uint32_t vertex = 0; ///< index into job_graph::vertices
  std::uint32_t subtask = 0;
  auto operator<=>(const subtask_place&) const = default;
};

/// Which subtasks of a job go back to a checkpoint together: those that exchange records, over however many
/// others. One of them cannot go back alone, since its producers will not send again what it had read.
///
///     source 0 ─▶ map 0 ─▶ sink 0      is one region, and
///     source 1 ─▶ map 1 ─▶ sink 1      is another, as every edge is forward;
///     with an edge by key between two of the vertices there is one region.
class failover_regions {
public:
  static failover_regions pipelined(const job_graph& graph);
  /// All subtasks are one region.
  static failover_regions whole(const job_graph& graph);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(members_.size()); }
  [[nodiscard]] std::uint32_t region_of(const subtask_place& place) const {
    return region_of_[place.vertex][place.subtask];
  }
  /// By vertex, then subtask.
  [[nodiscard]] const std::vector<subtask_place>& members(std::uint32_t region) const {
    return members_[region];
  }

private:
  std::vector<std::vector<std::uint32_t>> region_of_; ///< by vertex, then subtask
  std::vector<std::vector<subtask_place>> members_;
};

} // namespace weir
