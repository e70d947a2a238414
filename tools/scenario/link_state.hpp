#pragma once

#include <chrono>

namespace weir::scenario {

/// What happens to what goes one way between two nodes.
struct link_state {
  /// Nothing passes, the end of a connection neither. What is on its way goes on when the link is mended, as
  /// it does with TCP.
  bool is_cut = false;
  std::chrono::milliseconds delay{0};
};

} // namespace weir::scenario
