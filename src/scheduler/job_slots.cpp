#include "scheduler/job_slots.hpp"

#include <cassert>

namespace weir {

void job_slots::introduce(const session_id& session, worker_location location) {
  locations_.insert_or_assign(session, std::move(location));
}

job_slots::answer job_slots::on_offer(const offer& message, bool wanted) {
  if (auto lost = lost_.find(message.session.worker);
      lost != lost_.end() && message.session.registration <= lost->second)
    return answer::drop;
  // The worker repeats an offer that it heard no answer to.
  if (held_.contains(message.allocation))
    return answer::accept;
  if (!wanted || complete() || !locations_.contains(message.session))
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
  std::vector<slot_grant> real;
  for (const auto& [allocation, grant] : held_)
    real.push_back(grant);
  assigned_.clear();
  for (const slot_grant& grant : sharing_.distribute(real))
    assigned_.push_back(grant.allocation);
}

const slot_grant* job_slots::slot_of(const attempt_id& attempt) const {
  if (assigned_.empty())
    return nullptr;
  auto held = held_.find(assigned_[sharing_.slot_of(attempt.vertex, attempt.subtask)]);
  return held == held_.end() ? nullptr : &held->second;
}

const worker_location& job_slots::location(const session_id& session) const {
  auto known = locations_.find(session);
  assert(known != locations_.end());
  return known->second;
}

} // namespace weir
