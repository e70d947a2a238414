#include "scheduler/job_slots.hpp"

#include <algorithm>
#include <cassert>

namespace weir {

job_slots::job_slots(const job_graph& graph, bool go_back) : sharing_{graph}, go_back_{go_back} {
  for (std::uint32_t slot = 0; slot < sharing_.slots(); ++slot)
    wanted_.insert(slot);
}

std::uint32_t job_slots::lacking() const {
  std::size_t wanted = empty().size();
  std::size_t there = spare().size();
  return static_cast<std::uint32_t>(wanted - std::min(wanted, there));
}

slot_preference job_slots::preferred() const {
  slot_preference preferred;
  for (std::uint32_t slot : empty())
    if (auto was = was_at_.find(slot); was != was_at_.end())
      ++preferred[was->second];
  for (const slot_grant& grant : spare())
    if (auto got = preferred.find(grant.session.worker); got != preferred.end() && --got->second == 0)
      preferred.erase(got);
  return preferred;
}

void job_slots::introduce(const session_id& session, worker_location location) {
  locations_.insert_or_assign(session, std::move(location));
}

job_slots::answer job_slots::on_offer(const offer& message, bool collecting) {
  if (auto lost = lost_.find(message.session.worker);
      lost != lost_.end() && message.session.registration <= lost->second)
    return answer::drop;
  // The worker repeats an offer that it heard no answer to.
  if (held_.contains(message.allocation))
    return answer::accept;
  if (!collecting || complete() || !locations_.contains(message.session))
    return answer::reject;
  held_.emplace(
      message.allocation,
      slot_grant{.session = message.session, .slot = message.slot, .allocation = message.allocation});
  return answer::accept;
}

bool job_slots::covers(const session_id& lost, const session_id& other) {
  return other.worker == lost.worker && other.registration <= lost.registration;
}

void job_slots::lose(const session_id& session) {
  auto& highest = lost_[session.worker];
  highest = std::max(highest, session.registration);
  std::erase_if(held_, [&](const auto& entry) { return covers(session, entry.second.session); });
}

void job_slots::drop(const allocation_id& allocation) {
  held_.erase(allocation);
}

void job_slots::assign() {
  assert(complete());
  std::map<std::uint32_t, slot_grant> taken;
  for (const auto& [slot, allocation] : assigned_)
    if (const slot_grant* grant = assigned(slot))
      taken.emplace(slot, *grant);
  for (const auto& [slot, grant] : sharing_.distribute(spare(), empty(), taken, was_at_)) {
    assigned_[slot] = grant.allocation;
    if (go_back_)
      was_at_[slot] = grant.session.worker;
  }
  wanted_.clear();
}

const slot_grant* job_slots::slot_of(const attempt_id& attempt) const {
  return assigned(sharing_.slot_of(attempt.vertex, attempt.subtask));
}

const slot_grant* job_slots::assigned(std::uint32_t slot) const {
  auto given = assigned_.find(slot);
  auto held = given == assigned_.end() ? held_.end() : held_.find(given->second);
  return held == held_.end() ? nullptr : &held->second;
}

/// Slots of the sharing that are wanted and not there.
std::vector<std::uint32_t> job_slots::empty() const {
  std::vector<std::uint32_t> slots;
  for (std::uint32_t slot : wanted_)
    if (assigned(slot) == nullptr)
      slots.push_back(slot);
  return slots;
}

/// What is held and not given to anyone.
std::vector<slot_grant> job_slots::spare() const {
  std::set<allocation_id> given;
  for (const auto& [slot, allocation] : assigned_)
    given.insert(allocation);
  std::vector<slot_grant> grants;
  for (const auto& [allocation, grant] : held_)
    if (!given.contains(allocation))
      grants.push_back(grant);
  return grants;
}

const worker_location& job_slots::location(const session_id& session) const {
  auto known = locations_.find(session);
  assert(known != locations_.end());
  return known->second;
}

} // namespace weir
