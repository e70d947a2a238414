#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/type_name.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::detail {

/// Up to when the windows of key groups have given their results, as a snapshot has it. Subtasks need not be
/// equally far, in processing time above all; after a restore at another parallelism one subtask may have key
/// groups of several.
class given_windows {
public:
  /// Makes it known as a state of the operator, and takes what a snapshot has.
  void open(operator_states& states) {
    first_key_group_ = states.first_key_group();
    until_.assign(states.last_key_group() - first_key_group_ + 1, min_event_time);
    state_type type;
    type.name = "time of windows";
    type.kind = state_kind::operator_union_list;
    type.value = type_name<element>();
    for (const std::string& bytes : states.add_elements(type, this, &collect)) {
      element read;
      if (read_state_value(bytes, read) != nullptr)
        throw std::invalid_argument{"state '" + type.name + "' of the snapshot is no time"};
      for (std::size_t i = 0; i < until_.size(); ++i)
        if (std::uint64_t group = first_key_group_ + i; group >= read.first && group <= read.last)
          until_[i] = read.until;
    }
  }

  /// Those of all key groups have given their results up to `time`.
  void reach(event_time time) {
    for (event_time& each : until_)
      each = std::max(each, time);
  }

  [[nodiscard]] event_time least() const { return *std::ranges::min_element(until_); }
  [[nodiscard]] event_time greatest() const { return *std::ranges::max_element(until_); }

  /// Have windows that end at `last_time` given their results for the keys of a key group?
  [[nodiscard]] bool has(std::uint32_t key_group, event_time last_time) const {
    return until_[key_group - first_key_group_] >= last_time;
  }

private:
  /// Of the key groups [first, last].
  struct element {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    event_time until = 0;
  };

  static void collect(void* of, std::vector<std::string>& to) {
    auto& [first, until] = *static_cast<given_windows*>(of);
    for (std::size_t begin = 0, end = 0; begin < until.size(); begin = end) {
      while (end < until.size() && until[end] == until[begin])
        ++end;
      element made{static_cast<std::uint32_t>(first + begin), static_cast<std::uint32_t>(first + end - 1),
                   until[begin]};
      std::string& bytes = to.emplace_back(encoded_bound(made), '\0');
      write_value(bytes.data(), made);
    }
  }

  std::uint32_t first_key_group_ = 0;
  std::vector<event_time> until_; ///< by key group
};

} // namespace weir::detail
