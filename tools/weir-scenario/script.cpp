#include "script.hpp"

#include <algorithm>

namespace weir::scenario {

bool breaks_disks(const std::vector<statement>& statements) {
  return std::ranges::any_of(statements, [](const statement& each) {
    auto* block = std::get_if<repeat_block>(&each.what);
    return std::holds_alternative<break_disk>(each.what) || (block && breaks_disks(block->body));
  });
}

} // namespace weir::scenario
