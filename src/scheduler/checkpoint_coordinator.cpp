#include "scheduler/checkpoint_coordinator.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <cassert>

namespace weir {

namespace {

using namespace std::chrono_literals;

/// Between two tries to remove metadata.
constexpr auto removal_retry = 1s;

/// Vertices that have operators without any input.
std::set<std::uint32_t> vertices_with_sources(const job_graph& graph) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> fed;
  for (const job_edge& edge : graph.edges)
    fed.emplace(edge.to_vertex, edge.to_operator);
  std::set<std::uint32_t> found;
  for (std::uint32_t v = 0; v < graph.vertices.size(); ++v)
    for (std::uint32_t o = 0; o < graph.vertices[v].operators.size(); ++o)
      if (graph.vertices[v].operators[o].inputs.empty() && !fed.contains({v, o}))
        found.insert(v);
  return found;
}

std::uint64_t size_of(const std::vector<snapshot_handle>& chain) {
  std::uint64_t size = 0;
  for (const snapshot_handle& file : chain)
    size += file.size;
  return size;
}

} // namespace

checkpoint_coordinator::checkpoint_coordinator(const job_id& job, const execution_graph& execution,
                                               const checkpoint_settings& settings)
    : job_{job},
      execution_{execution},
      settings_{settings},
      source_vertices_{vertices_with_sources(execution.graph())},
      schedule_{settings.interval, settings.min_pause},
      history_{settings},
      completed_{files_, settings.num_retained} {}

void checkpoint_coordinator::recover(recovered_checkpoints found) {
  assert(found.unreadable.empty() || !found.completed.empty());
  files_unknown_ = false;
  completed_.clear();
  gone_back_behind_.clear();
  last_ = std::max(last_, found.counter);
  if (found.external) {
    last_ = std::max(last_, found.external->checkpoint.id);
    completed_.begin_from(std::move(*found.external));
  }
  for (stored_checkpoint& each : found.completed) {
    last_ = std::max(last_, each.checkpoint.id);
    completed_.add(std::move(each));
  }
  const stored_checkpoint* newest = completed_.newest();
  for (unreadable_checkpoint& each : found.unreadable) {
    last_ = std::max(last_, each.id);
    bool is_newest = each.id > newest->checkpoint.id;
    log::scheduler.error(is_newest
                             ? "newest checkpoint cannot be read; the job goes back behind it if no sink has "
                               "committed anything of it"
                             : "checkpoint cannot be read, and a newer one can",
                         {{"job", job_}, {"path", each.path}, {"why", each.why}});
    if (is_newest)
      gone_back_behind_.push_back(std::move(each));
    else
      completed_.add_unreadable(each.id);
  }
  // The store may still try to begin one that was asked for.
  counter_asked_ = std::max(counter_asked_, last_);
  counter_stored_ = std::max(counter_stored_, last_);
  sweep_on_deployment_ = true;
}

// ---- from the job manager

checkpoint_coordinator::actions checkpoint_coordinator::on_deployed(std::int64_t wall_ms) {
  if (!enabled())
    return {};
  std::erase_if(at_end_, [&](const auto& each) { return !execution_.is_present(each.first); });
  if (const stored_checkpoint* from = completed_.newest())
    history_.on_restored({.id = from->checkpoint.id,
                          .kind = from->checkpoint.kind,
                          .path = from->path,
                          .restored_wall_ms = wall_ms});
  ask_for(last_ + 1);
  remove_superseded();
  if (std::exchange(sweep_on_deployment_, true)) {
    sweep();
    // What an attempt before still wrote meanwhile.
    sweep_again_ = true;
  }
  return take();
}

checkpoint_coordinator::actions checkpoint_coordinator::on_all_running() {
  if (!schedule_.is_running())
    schedule_.begin();
  for (const unreadable_checkpoint& each : gone_back_behind_) {
    log::scheduler.warn("job has gone back behind a checkpoint that cannot be read; no sink had committed it",
                        {{"job", job_}, {"checkpoint", each.id}, {"restored", restore_point()->id}});
    completed_.add_unreadable(each.id);
    sweep_again_ = true;
  }
  gone_back_behind_.clear();
  remove_superseded();
  return take();
}

checkpoint_coordinator::actions checkpoint_coordinator::suspend(const std::string& why,
                                                                std::int64_t wall_ms) {
  schedule_.stop();
  std::vector<checkpoint_id> open;
  for (const auto& [id, each] : pending_)
    if (!storing_ || storing_->checkpoint.id != id)
      open.push_back(id);
  for (checkpoint_id id : open)
    abort(id, why, wall_ms);
  answer(std::exchange(requests_, {}), error{errc::unavailable, why});
  return take();
}

checkpoint_coordinator::actions checkpoint_coordinator::on_finished(const attempt_id& attempt,
                                                                    std::int64_t wall_ms) {
  for (auto& [id, each] : pending_)
    if (each.awaits(attempt)) {
      each.finish(attempt);
      history_.on_part(id, attempt.vertex, attempt.subtask, {.finished = true});
    }
  store_next(wall_ms);
  return take();
}

void checkpoint_coordinator::on_data_ended(const attempt_id& attempt) {
  // A task acknowledges and reports its end in the order in which it came to them.
  auto with_end =
      std::ranges::find_if(pending_, [&](const auto& each) { return each.second.awaits(attempt); });
  at_end_.emplace(attempt, with_end == pending_.end() ? last_ + 1 : with_end->first);
}

checkpoint_coordinator::actions checkpoint_coordinator::on_end(job_state how) {
  if (!enabled())
    return {};
  answer(std::exchange(requests_, {}), error{errc::unavailable, "the job has ended"});
  if (auto left = left_by(how))
    out_.emplace_back(end_checkpoints{job_, left->retained});
  return take();
}

std::optional<ended_checkpoints> checkpoint_coordinator::left_by(job_state how) const {
  if (!enabled() || leaves_files())
    return std::nullopt;
  bool retained =
      (how == job_state::failed && settings_.retention != checkpoint_retention::none) ||
      (how == job_state::canceled && settings_.retention == checkpoint_retention::after_failure_cancel);
  return ended_checkpoints{settings_.directory, retained};
}

checkpoint_coordinator::actions checkpoint_coordinator::on_request(std::uint64_t request, bool full) {
  if (!enabled())
    answer({request}, error{errc::invalid_argument, "Checkpointing has not been enabled."});
  else if (!schedule_.is_running())
    answer({request}, error{errc::unavailable, "not all tasks of the job are running"});
  else {
    requests_.push_back(request);
    next_is_full_ = next_is_full_ || full;
  }
  return take();
}

// ---- from tasks

checkpoint_coordinator::actions checkpoint_coordinator::on_acknowledged(const acknowledge_checkpoint& message,
                                                                        bool present, std::int64_t wall_ms) {
  auto found = pending_.find(message.checkpoint);
  if (!present || found == pending_.end() || !found->second.awaits(message.attempt)) {
    discard(message.state);
    return take();
  }
  const auto& [job, vertex, subtask, epoch, number] = message.attempt;
  const completed_subtask* base =
      find_subtask(completed_.find(message.state.base), execution_.graph().vertices[vertex].id, subtask);
  auto chain = extend_chain(base, message.state);
  if (!chain) {
    discard(message.state);
    next_is_full_ = true;
    fail(message.checkpoint,
         execution_.task_name(message.attempt) + " wrote its changes since " + "checkpoint " +
             std::to_string(message.state.base) + ", of which there is no snapshot",
         wall_ms);
    return take();
  }
  history_.on_part(message.checkpoint, vertex, subtask,
                   {.acknowledged_wall_ms = wall_ms,
                    .written_size = message.state.size,
                    .state_size = size_of(*chain),
                    .timings = message.timings});
  for (const snapshot_handle& file : *chain)
    files_.hold(file.path);
  found->second.acknowledge(message.attempt, std::move(*chain));
  store_next(wall_ms);
  return take();
}

checkpoint_coordinator::actions checkpoint_coordinator::on_declined(const decline_checkpoint& message,
                                                                    std::int64_t wall_ms) {
  auto found = pending_.find(message.checkpoint);
  if (found != pending_.end() && found->second.awaits(message.attempt))
    fail(message.checkpoint, execution_.task_name(message.attempt) + " declined: " + message.reason, wall_ms);
  return take();
}

// ---- from the store

void checkpoint_coordinator::on_counter_stored(checkpoint_id counter) {
  counter_stored_ = std::max(counter_stored_, counter);
}

checkpoint_coordinator::actions checkpoint_coordinator::on_stored(checkpoint_id id, const std::string& path,
                                                                  std::int64_t wall_ms) {
  if (!storing_ || storing_->checkpoint.id != id || !storing_->failure.empty())
    return {};
  complete(path, wall_ms);
  store_next(wall_ms);
  return take();
}

checkpoint_coordinator::actions checkpoint_coordinator::on_store_failed(checkpoint_id id,
                                                                        const std::string& why,
                                                                        bool may_be_there,
                                                                        std::int64_t wall_ms) {
  if (!storing_ || storing_->checkpoint.id != id || !storing_->failure.empty())
    return {};
  std::string failure = "its metadata could not be stored: " + why;
  if (may_be_there) {
    // If it came back after a crash, what sinks take for aborted would be completed.
    storing_->failure = std::move(failure);
    out_.emplace_back(remove_checkpoint{job_, id});
  } else {
    storing_.reset();
    fail(id, failure, wall_ms);
    store_next(wall_ms);
  }
  return take();
}

checkpoint_coordinator::actions checkpoint_coordinator::on_removed(checkpoint_id id, std::int64_t wall_ms) {
  if (storing_ && storing_->checkpoint.id == id) {
    std::string why = std::move(storing_->failure);
    storing_.reset();
    fail(id, why, wall_ms);
    store_next(wall_ms);
  }
  completed_.on_removed(id);
  delete_unneeded();
  return take();
}

void checkpoint_coordinator::on_removal_failed(checkpoint_id id) {
  log::scheduler.warn("metadata not removed", {{"job", job_}, {"checkpoint", id}});
  completed_.on_removal_failed(id);
  removal_failed_ = true;
}

// ---- time

checkpoint_coordinator::actions checkpoint_coordinator::on_tick(time_point now, std::int64_t wall_ms) {
  schedule_.on_tick(now);
  if (std::exchange(removal_failed_, false))
    remove_again_at_ = now + removal_retry;
  if (remove_again_at_ && now >= *remove_again_at_) {
    remove_again_at_.reset();
    remove_superseded();
    if (storing_ && !storing_->failure.empty())
      out_.emplace_back(remove_checkpoint{job_, storing_->checkpoint.id});
  }
  std::vector<checkpoint_id> expired;
  for (const auto& [id, each] : pending_)
    if (!each.has_all() && now >= each.what().expires_at)
      expired.push_back(id);
  for (checkpoint_id id : expired)
    fail(id, "it was not complete in time (execution.checkpointing.timeout)", wall_ms);
  while (may_trigger() && (is_wanted_now() || now >= schedule_.due_at()))
    trigger(now, wall_ms);
  return take();
}

time_point checkpoint_coordinator::wake_at() const {
  time_point at = removal_failed_ ? time_point::min() : remove_again_at_.value_or(time_point::max());
  for (const auto& [id, each] : pending_)
    if (!each.has_all())
      at = std::min(at, each.what().expires_at);
  if (schedule_.due_at() == time_point::min() || (may_trigger() && is_wanted_now()))
    return time_point::min();
  return may_trigger() ? std::min(at, schedule_.due_at()) : at;
}

const completed_checkpoint* checkpoint_coordinator::restore_point() const {
  const stored_checkpoint* newest = completed_.newest();
  return newest == nullptr ? nullptr : &newest->checkpoint;
}

} // namespace weir
