// What must hold in a small cluster, whatever happens to it.
#include "small_cluster.hpp"

#include <algorithm>

namespace weir {

/// A job gets all the slots it lacks or none, and none in place of slots that it does not know to be lost.
void small_cluster::check_grant(const job_id& id, const job& of) {
  std::uint32_t held = 0;
  for (const worker_status& each : resources_->workers())
    held += static_cast<std::uint32_t>(std::ranges::count_if(
        each.slots, [&](const slot_status& slot) { return !slot.free && slot.job == id; }));
  if (of.losses.empty() ? held != of.need : held >= of.need)
    complain("a job that needs " + std::to_string(of.need) + " slots was given slots until it had " +
             std::to_string(held) + ", with " + std::to_string(of.losses.size()) + " losses unhandled");
}

/// A job ends when each of its tasks has, or its worker is lost; and is finished when each has finished.
void small_cluster::check_end(const job_id& id, const job& of, job_state how) {
  for (const node& each : nodes_)
    for (const auto& [attempt, phase] : each.tasks)
      if (attempt.job == id && phase != task_phase::loading && is_current(each.core->session()))
        complain("a job ends although " + to_string(attempt) + " still runs");
  if (how != job_state::finished)
    return;
  for (const attempt_id& attempt : of.attempts)
    if (!finished_.contains(attempt))
      complain("a job is FINISHED although " + to_string(attempt) + " never finished");
}

/// A worker is there again only when every task of its earlier sessions has ended.
void small_cluster::check_session(const node& of) {
  for (const auto& [attempt, phase] : of.tasks)
    if (phase != task_phase::loading)
      complain("a session begins while " + to_string(attempt) + " of an earlier one still runs");
}

bool small_cluster::is_current(const session_id& session) const {
  auto workers = resources_->workers();
  return std::ranges::any_of(workers, [&](const worker_status& each) { return each.session == session; });
}

/// All jobs have ended, all workers are registered, nothing is held by anyone.
std::string small_cluster::what_is_not_at_rest() const {
  std::string wrong;
  auto complain = [&](const std::string& what) { wrong += what + "\n"; };
  for (const auto& [id, each] : jobs_)
    if (!is_terminal(each.core->summary().state))
      complain("job " + to_string(id) + " is still " + std::string{to_string(each.core->summary().state)} +
               ": " + each.core->details().waiting_for);
  auto workers = resources_->workers();
  if (workers.size() != nodes_.size())
    complain("the master knows " + std::to_string(workers.size()) + " workers");
  for (const worker_status& each : workers)
    for (const slot_status& slot : each.slots)
      if (!slot.free)
        complain("the master believes a slot of " + each.id + " in use by " + to_string(slot.allocation));
  for (const node& each : nodes_) {
    if (!each.core->is_registered() || !is_current(each.core->session()))
      complain("a worker is not registered under the session of the master");
    if (!each.tasks.empty())
      complain("a task runs on");
    for (std::uint32_t i = 0; i < each.core->slots().size(); ++i)
      if (each.core->slots()[i].at != worker_slots::state::free)
        complain("a worker holds a slot");
  }
  return wrong;
}

} // namespace weir
