#include "scheduler/slot_pool.hpp"

#include <algorithm>
#include <cassert>

namespace weir {

void slot_pool::add(const session_id& session, const std::vector<resource_profile>& slots) {
  auto& worker = workers_[session];
  assert(worker.slots.empty());
  for (std::uint32_t i = 0; i < slots.size(); ++i)
    worker.slots.push_back({.index = i, .profile = slots[i]});
  free_ += static_cast<std::uint32_t>(slots.size());
}

std::map<job_id, std::uint32_t> slot_pool::remove(const session_id& session) {
  std::map<job_id, std::uint32_t> lost;
  auto worker = workers_.find(session);
  if (worker == workers_.end())
    return lost;
  for (const slot_status& slot : worker->second.slots) {
    if (slot.free)
      --free_;
    else
      ++lost[slot.job];
  }
  for (const auto& [job, count] : lost) {
    auto held = held_.find(job);
    held->second -= count;
    if (held->second == 0)
      held_.erase(held);
  }
  workers_.erase(worker);
  return lost;
}

std::vector<slot_grant> slot_pool::take(const job_id& job, std::uint32_t count, slot_preference preferred) {
  assert(count <= free_);
  std::vector<slot_grant> grants;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto worker = preferred_worker(preferred);
    if (worker == workers_.end())
      worker = next_worker();
    auto slot = std::ranges::find_if(worker->second.slots, &slot_status::free);
    slot->free = false;
    slot->job = job;
    slot->allocation = {.epoch = epoch_, .number = ++allocations_};
    ++worker->second.used;
    --free_;
    ++held_[job];
    grants.push_back({.session = worker->first, .slot = slot->index, .allocation = slot->allocation});
  }
  return grants;
}

bool slot_pool::give_back(const session_id& session, std::uint32_t slot, const allocation_id& allocation) {
  auto worker = workers_.find(session);
  if (worker == workers_.end() || slot >= worker->second.slots.size())
    return false;
  slot_status& given = worker->second.slots[slot];
  if (given.free || given.allocation != allocation)
    return false;
  auto held = held_.find(given.job);
  if (--held->second == 0)
    held_.erase(held);
  given = {.index = given.index, .profile = given.profile};
  --worker->second.used;
  ++free_;
  return true;
}

std::uint32_t slot_pool::held_by(const job_id& job) const {
  auto held = held_.find(job);
  return held == held_.end() ? 0 : held->second;
}

std::vector<slot_status> slot_pool::slots_of(const session_id& session) const {
  auto worker = workers_.find(session);
  return worker == workers_.end() ? std::vector<slot_status>{} : worker->second.slots;
}

std::vector<session_id> slot_pool::sessions_of(const job_id& job) const {
  std::vector<session_id> sessions;
  for (const auto& [session, worker] : workers_)
    if (std::ranges::any_of(worker.slots,
                            [&](const slot_status& slot) { return !slot.free && slot.job == job; }))
      sessions.push_back(session);
  return sessions;
}

/// A worker with a free slot that is preferred, and takes it out of the preference; end() if there is none.
slot_pool::workers::iterator slot_pool::preferred_worker(slot_preference& preferred) {
  if (preferred.empty())
    return workers_.end();
  return std::ranges::find_if(workers_, [&](const auto& each) {
    const auto& [session, worker] = each;
    auto wish = preferred.find(session.worker);
    if (wish == preferred.end() || wish->second == 0 || worker.used == worker.slots.size())
      return false;
    --wish->second;
    return true;
  });
}

/// Of the workers with a free slot, the one used least, or most when one is to be filled first. Requires one.
slot_pool::workers::iterator slot_pool::next_worker() {
  auto best = workers_.end();
  for (auto worker = workers_.begin(); worker != workers_.end(); ++worker) {
    const auto& candidate = worker->second;
    if (candidate.used == candidate.slots.size())
      continue;
    if (best == workers_.end()) {
      best = worker;
      continue;
    }
    // used / total, compared without division.
    auto mine = static_cast<std::uint64_t>(candidate.used) * best->second.slots.size();
    auto its = static_cast<std::uint64_t>(best->second.used) * candidate.slots.size();
    if (spread_evenly_ ? mine < its : mine > its)
      best = worker;
  }
  assert(best != workers_.end());
  return best;
}

} // namespace weir
