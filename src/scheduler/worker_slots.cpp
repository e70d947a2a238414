#include "scheduler/worker_slots.hpp"

#include <algorithm>

namespace weir {

worker_slots::slot* worker_slots::holding(std::uint32_t index, const allocation_id& allocation) {
  if (index >= slots_.size() || slots_[index].at == state::free || slots_[index].allocation != allocation)
    return nullptr;
  return &slots_[index];
}

bool worker_slots::has(const job_id& job) const {
  return std::ranges::any_of(slots_,
                             [&](const slot& each) { return each.at != state::free && each.job == job; });
}

bool worker_slots::take(const allocate& message) {
  if (message.slot >= slots_.size() || slots_[message.slot].at != state::free)
    return false;
  auto& taken = slots_[message.slot];
  taken.at = state::offered;
  taken.allocation = message.allocation;
  taken.job = message.job;
  return true;
}

void worker_slots::free_all() {
  for (auto& each : slots_)
    each = {};
}

} // namespace weir
