#include "scheduler/checkpoint_coordinator.hpp"

#include "base/log.hpp"

#include <algorithm>

/// The steps behind the events of a checkpoint_coordinator.
namespace weir {

namespace {

std::string named(checkpoint_id id) {
  return "checkpoint " + std::to_string(id);
}

} // namespace

bool checkpoint_coordinator::may_trigger() const {
  // Tasks without sources behind them are about to finish: what they wait for is on its way.
  return schedule_.is_running() && pending_.size() < settings_.max_concurrent && counter_stored_ > last_ &&
         std::ranges::any_of(source_vertices_, [&](std::uint32_t vertex) {
           return std::ranges::any_of(execution_.attempts()[vertex], [](const execution_attempt& each) {
             return each.state != task_state::finished;
           });
         });
}

/// All sources are at their end, and no checkpoint that has it was triggered yet: nothing more will come that
/// the interval could be waited for.
bool checkpoint_coordinator::is_final_wanted() const {
  bool wanted = false;
  for (std::uint32_t vertex : source_vertices_)
    for (const execution_attempt& each : execution_.attempts()[vertex]) {
      if (each.state == task_state::finished)
        continue;
      auto end = at_end_.find(each.id);
      if (end == at_end_.end())
        return false;
      wanted = wanted || end->second > last_;
    }
  return wanted;
}

void checkpoint_coordinator::trigger(time_point now, std::int64_t wall_ms) {
  checkpoint_id id = last_ + 1;
  checkpoint_id base = base_of_next();
  last_ = id;
  next_is_full_ = false;
  schedule_.on_triggered(now);
  checkpoint_record record{.id = id, .full = base == 0, .triggered_wall_ms = wall_ms};
  for (const auto& subtasks : execution_.attempts()) {
    auto& row = record.vertices.emplace_back();
    for (const execution_attempt& attempt : subtasks)
      row.push_back({.finished = attempt.state == task_state::finished});
  }
  history_.on_triggered(std::move(record));
  pending_.emplace(id, pending_checkpoint{{.id = id,
                                           .base = base,
                                           .triggered_wall_ms = wall_ms,
                                           .expires_at = now + settings_.timeout,
                                           .requests = std::exchange(requests_, {})},
                                          execution_});
  log::scheduler.debug("checkpoint begins", {{"job", job_}, {"checkpoint", id}, {"base", base}});
  for (std::uint32_t vertex : source_vertices_)
    for (const execution_attempt& attempt : execution_.attempts()[vertex])
      if (attempt.state != task_state::finished)
        out_.emplace_back(tell_task{attempt.id, trigger_checkpoint{.attempt = attempt.id,
                                                                   .checkpoint = id,
                                                                   .base = base,
                                                                   .triggered_wall_ms = wall_ms}});
  ask_for(id + 1);
}

/// Once, also when the job is deployed again while the store still tries.
void checkpoint_coordinator::ask_for(checkpoint_id counter) {
  if (counter <= counter_asked_)
    return;
  counter_asked_ = counter;
  out_.emplace_back(store_counter{job_, counter});
}

checkpoint_id checkpoint_coordinator::base_of_next() const {
  const completed_checkpoint* base = completed_.newest_base();
  if (!settings_.incremental || next_is_full_ || base == nullptr ||
      has_long_chains(*base, settings_.chain_length_max, settings_.chain_ratio_max))
    return 0;
  return base->id;
}

void checkpoint_coordinator::store_next(std::int64_t wall_ms) {
  if (storing_)
    return;
  auto next = std::ranges::find_if(pending_, [](const auto& each) { return each.second.has_all(); });
  if (next == pending_.end())
    return;
  storing_ = storing{.checkpoint = next->second.complete(job_, execution_.graph(), wall_ms, restore_point())};
  out_.emplace_back(store_checkpoint{storing_->checkpoint});
}

/// The metadata is stored: what follows may be seen by anyone.
void checkpoint_coordinator::complete(const std::string& path, std::int64_t wall_ms) {
  checkpoint_id id = storing_->checkpoint.id;
  completed_.add({std::move(storing_->checkpoint), path});
  storing_.reset();
  std::vector<std::uint64_t> requests = forget(id);
  history_.on_completed(id, path, wall_ms);
  failures_ = 0;
  log::scheduler.info("checkpoint completed", {{"job", job_}, {"checkpoint", id}, {"path", path}});
  tell_all<checkpoint_completed>(id);
  answer(requests, id);
  answer(subsume_before(id, wall_ms), id);
  remove_superseded();
  delete_unneeded();
  if (std::exchange(sweep_again_, false))
    sweep();
}

/// It failed by itself, and not with tasks of the job: this counts.
void checkpoint_coordinator::fail(checkpoint_id id, const std::string& why, std::int64_t wall_ms) {
  abort(id, why, wall_ms);
  if (!schedule_.is_running() || ++failures_ <= settings_.tolerable_failures)
    return;
  failures_ = 0;
  out_.emplace_back(checkpoints_failed{
      named(id) + " failed: " + why +
      "; no more failures are borne (execution.checkpointing.tolerable-failed-checkpoints is " +
      std::to_string(settings_.tolerable_failures) + ")"});
}

void checkpoint_coordinator::abort(checkpoint_id id, const std::string& why, std::int64_t wall_ms) {
  log::scheduler.warn("checkpoint aborted", {{"job", job_}, {"checkpoint", id}, {"why", why}});
  std::vector<std::uint64_t> requests = forget(id);
  history_.on_failed(id, why, wall_ms);
  tell_all<checkpoint_aborted>(id);
  out_.emplace_back(abandon_checkpoint{job_, id});
  answer(requests, error{errc::failed, named(id) + " failed: " + why});
  delete_unneeded();
}

/// Ends a pending one. Returns who asked for it.
std::vector<std::uint64_t> checkpoint_coordinator::forget(checkpoint_id id) {
  auto ended = pending_.extract(id);
  for (const snapshot_handle& file : ended.mapped().files())
    files_.release(file.path);
  schedule_.note_end();
  return ended.mapped().what().requests;
}

/// What a completed checkpoint makes superfluous. Tasks need not hear of it: all have passed its barrier.
std::vector<std::uint64_t> checkpoint_coordinator::subsume_before(checkpoint_id id, std::int64_t wall_ms) {
  std::vector<std::uint64_t> requests;
  while (!pending_.empty() && pending_.begin()->first < id) {
    checkpoint_id lower = pending_.begin()->first;
    auto of_lower = forget(lower);
    requests.insert(requests.end(), of_lower.begin(), of_lower.end());
    history_.on_failed(lower, named(id) + " was complete before", wall_ms);
    out_.emplace_back(abandon_checkpoint{job_, lower});
  }
  return requests;
}

void checkpoint_coordinator::answer(const std::vector<std::uint64_t>& requests,
                                    const result<checkpoint_id>& answer) {
  for (std::uint64_t request : requests)
    out_.emplace_back(answer_checkpoint{request, answer});
}

/// Deletes the file of a part that does not count, and nothing that it builds on.
void checkpoint_coordinator::discard(const snapshot_handle& file) {
  if (!file.path.empty() && !files_.is_held(file.path))
    out_.emplace_back(delete_files{job_, {file.path}});
}

void checkpoint_coordinator::remove_superseded() {
  for (checkpoint_id id : completed_.take_superseded()) {
    history_.on_discarded(id);
    out_.emplace_back(remove_checkpoint{job_, id});
  }
}

void checkpoint_coordinator::delete_unneeded() {
  completed_.release_unneeded([&](checkpoint_id id) {
    return std::ranges::any_of(pending_, [&](const auto& each) { return each.second.may_build_on(id); });
  });
  if (auto paths = files_.take_unneeded(); !paths.empty())
    out_.emplace_back(delete_files{job_, std::move(paths)});
}

template <class Message>
void checkpoint_coordinator::tell_all(checkpoint_id id) {
  for (const auto& subtasks : execution_.attempts())
    for (const execution_attempt& attempt : subtasks)
      if (attempt.state >= task_state::deploying && !is_terminal(attempt.state))
        out_.emplace_back(tell_task{attempt.id, Message{.attempt = attempt.id, .checkpoint = id}});
}

void checkpoint_coordinator::sweep() {
  std::vector<attempt_id> present;
  for (const auto& subtasks : execution_.attempts())
    for (const execution_attempt& attempt : subtasks)
      present.push_back(attempt.id);
  out_.emplace_back(sweep_files{job_, std::move(present), files_.held()});
}

} // namespace weir
