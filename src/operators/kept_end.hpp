#pragma once

#include <weir/detail/state.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// Keeps over failures that an operator of a subtask has ended: what it gave at its end is in the snapshots
/// of those behind it, and must not be given twice.
class kept_end {
public:
  /// Makes it a state of the operator. Returns whether it had ended in the snapshot that it begins from.
  /// Throws std::invalid_argument when only some of its subtasks had, and there are more or fewer of them
  /// now: nobody knows then whose results are missing.
  bool open(detail::operator_states& states, std::uint32_t subtask, std::uint32_t parallelism);

  void note() { ended_ = true; }

private:
  static void collect(void* of, std::vector<std::string>& to);

  std::uint32_t subtask_ = 0;
  std::uint32_t parallelism_ = 1;
  bool ended_ = false;
};

} // namespace weir
