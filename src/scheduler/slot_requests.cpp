#include "scheduler/slot_requests.hpp"

#include <algorithm>
#include <utility>

namespace weir {

void slot_requests::set_need(const job_id& job, std::uint32_t count, slot_preference preferred) {
  auto known = find(job);
  if (known == requests_.end()) {
    if (count == 0)
      return;
    age_of_.emplace(job, ++ages_);
    known = requests_.emplace(ages_, request{.job = job}).first;
  }
  known->second.need = count;
  known->second.preferred = std::move(preferred);
}

void slot_requests::add_loss(const job_id& job, const session_id& session, std::uint32_t slots) {
  if (auto known = find(job); known != requests_.end())
    known->second.unhandled_losses.emplace(session, slots);
}

void slot_requests::loss_handled(const job_id& job, const session_id& session) {
  if (auto known = find(job); known != requests_.end())
    known->second.unhandled_losses.erase(session);
}

slot_requests::outcome slot_requests::match(slot_pool& pool, time_point now) {
  outcome result;
  for (auto each = requests_.begin(); each != requests_.end();) {
    request& waiting = each->second;
    if (waiting.need == 0 && pool.held_by(waiting.job) == 0) {
      age_of_.erase(waiting.job);
      each = requests_.erase(each);
      continue;
    }
    std::uint32_t lack = lacking(waiting, pool);
    // It has given up what it waited for: what it asks for next is another matter.
    if (lack == 0)
      waiting.failed = false;
    if (waiting.failed)
      lack = 0;
    std::uint32_t missing = lack > pool.free_slots() ? lack - pool.free_slots() : 0;
    if (missing > 0) {
      if (!waiting.deadline)
        waiting.deadline = now + timeout_;
    } else {
      waiting.deadline.reset();
      if (lack > 0)
        result.grants.push_back({waiting.job, pool.take(waiting.job, lack, waiting.preferred)});
    }
    if (missing != waiting.told_missing && !waiting.failed)
      result.shortages.push_back({.job = waiting.job, .missing = missing, .needed = waiting.need});
    waiting.told_missing = missing;
    ++each;
  }
  return result;
}

std::vector<slot_requests::shortage> slot_requests::overdue(const slot_pool& pool, time_point now) {
  std::vector<shortage> failures;
  for (auto each = requests_.rbegin(); each != requests_.rend(); ++each) {
    request& waiting = each->second;
    if (!waiting.deadline || now < *waiting.deadline)
      continue;
    failures.push_back({.job = waiting.job, .missing = waiting.told_missing, .needed = waiting.need});
    waiting.failed = true;
    waiting.deadline.reset();
    if (pool.held_by(waiting.job) == 0)
      continue; // it returns nothing, so nobody else is helped
    for (auto& [age, other] : requests_)
      if (other.deadline)
        other.deadline = std::max(*other.deadline, now + grace_);
  }
  return failures;
}

std::uint32_t slot_requests::lacking(const request& of, const slot_pool& pool) {
  std::uint32_t have = pool.held_by(of.job);
  for (const auto& [session, slots] : of.unhandled_losses)
    have += slots;
  return of.need > have ? of.need - have : 0;
}

slot_requests::by_age::iterator slot_requests::find(const job_id& job) {
  auto age = age_of_.find(job);
  return age == age_of_.end() ? requests_.end() : requests_.find(age->second);
}

} // namespace weir
