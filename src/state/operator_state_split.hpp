#pragma once

#include "state/snapshot_reader.hpp"

#include <weir/detail/state.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// Some elements of those that one subtask had stored.
struct element_range {
  std::uint32_t from = 0; ///< index of the subtask that stored them
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool operator==(const element_range&) const = default;
};

/// Which elements of an operator state a subtask begins with, in order. `stored` has the number of elements
/// of each subtask of the run before.
///
/// A list stays as it is when the parallelism stays; else its elements, in order of the subtasks that had
/// them, are cut into pieces whose sizes differ by at most one. Of a union list each subtask gets all. Of
/// broadcast state it gets what one subtask had, since all had the same. Requires a kind of operator state.
std::vector<element_range> elements_for(detail::state_kind kind, std::span<const std::uint64_t> stored,
                                        std::uint32_t subtask, std::uint32_t parallelism);

/// The key groups whose keys subtask_of() gives to `subtask`; there is at least one when the parallelism is
/// at most the number of key groups.
key_group_range key_groups_of(std::uint32_t subtask, std::uint32_t parallelism,
                              std::uint32_t max_parallelism);

} // namespace weir
