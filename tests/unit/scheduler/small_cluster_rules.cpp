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

/// No attempt is deployed twice, and each begins from the newest checkpoint there is.
void small_cluster::check_deployment(const job& of, const deploy& message) {
  if (of.deployed.contains(message.attempt))
    complain(to_string(message.attempt) + " is deployed twice");
  if (message.restored.checkpoint != of.storage.newest())
    complain(to_string(message.attempt) + " begins from checkpoint " +
             std::to_string(message.restored.checkpoint) + " although there is " +
             std::to_string(of.storage.newest()));
}

/// No id of a checkpoint is used twice or before it is stored, and none is said to be complete before it is.
void small_cluster::check_notice(job& of, const control_message& message) {
  if (auto* trigger = std::get_if<trigger_checkpoint>(&message)) {
    if (trigger->checkpoint > of.storage.counter)
      complain("checkpoint " + std::to_string(trigger->checkpoint) + " is triggered before its id is stored");
    if (trigger->checkpoint < of.highest_triggered)
      complain("checkpoint " + std::to_string(trigger->checkpoint) + " is triggered after " +
               std::to_string(of.highest_triggered));
    of.highest_triggered = trigger->checkpoint;
  }
  if (auto* completed = std::get_if<checkpoint_completed>(&message))
    if (!of.storage.metadata.contains(completed->checkpoint))
      complain("checkpoint " + std::to_string(completed->checkpoint) +
               " is said to be complete and is not stored");
}

/// A task that is still meant to run finds all that it begins from.
void small_cluster::check_start(const node& of, const small_task& body, const std::string& why_not) {
  const attempt_id& attempt = body.deployment().attempt;
  const job& job = jobs_.at(attempt.job);
  auto present = job.present.find({attempt.vertex, attempt.subtask});
  if (!job.storage.closed && is_current(of.core->session()) && present != job.present.end() &&
      present->second == attempt)
    complain(to_string(attempt) + " cannot begin: " + why_not);
}

/// A job ends when each of its tasks has, or its worker is lost; and is finished when each has finished.
void small_cluster::check_end(const job_id& id, const job& of, job_state how) {
  for (const node& each : nodes_)
    for (const auto& [attempt, task] : each.tasks)
      if (attempt.job == id && task.phase != task_phase::loading && is_current(each.core->session()))
        complain("a job ends although " + to_string(attempt) + " still runs");
  if (how != job_state::finished)
    return;
  for (const auto& [place, attempt] : of.present)
    if (!finished_.contains(attempt))
      complain("a job is FINISHED although " + to_string(attempt) + " never finished");
  if (!of.settings.checkpoints.enabled())
    return;
  for (std::uint32_t source = 0; source < of.graph->vertices[0].parallelism; ++source) {
    auto out = of.storage.committed.find(source);
    if (out == of.storage.committed.end() || out->second != records_of_source)
      complain("a job is FINISHED although not all records of source " + std::to_string(source) + " are out");
  }
  if (!of.storage.prepared.empty())
    complain("a job is FINISHED although something that was prepared is left");
}

/// A worker is there again only when every task of its earlier sessions has ended.
void small_cluster::check_session(const node& of) {
  for (const auto& [attempt, task] : of.tasks)
    if (task.phase != task_phase::loading)
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
  for (const auto& [id, each] : jobs_) {
    if (each.core && !is_terminal(each.core->summary().state))
      complain("job " + to_string(id) + " is still " + std::string{to_string(each.core->summary().state)} +
               ": " + each.core->details().waiting_for);
    if (each.settings.checkpoints.enabled() && !(each.storage.closed && each.storage.files.empty()))
      complain("job " + to_string(id) + " left files of checkpoints behind");
  }
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
