#pragma once

#include "base/ids.hpp"

#include <weir/detail/state.hpp>

#include <memory>
#include <string>
#include <vector>

namespace weir {

/// The states of one operator in one subtask as they were at one moment. Made on the task's thread, then read
/// by one other.
struct operator_state_cut {
  struct keyed {
    detail::state_type type;
    std::unique_ptr<detail::state_cut> cut;
  };
  struct elements {
    detail::state_type type;
    std::vector<std::string> elements;
  };

  operator_id of;
  std::vector<keyed> keyed_states;
  std::vector<elements> operator_states;
};

} // namespace weir
