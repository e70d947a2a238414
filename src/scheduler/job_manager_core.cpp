#include "scheduler/job_manager_core.hpp"

#include "base/log.hpp"
#include "base/option.hpp"
#include "scheduler/deployment.hpp"
#include "scheduler/job_results.hpp"
#include "scheduler/job_waiting.hpp"
#include "scheduler/restored_state.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir {

namespace {

bool has_run(const execution_attempt& attempt) {
  return attempt.entered_wall_ms.contains(task_state::running);
}

} // namespace

job_manager_core::job_manager_core(const job_id& id, job_spec spec, std::shared_ptr<const job_graph> graph,
                                   const job_settings& settings, std::int64_t wall_ms)
    : spec_{std::move(spec)},
      settings_{settings},
      execution_{id, graph, settings.epoch, wall_ms},
      graph_{std::move(graph)},
      slots_{*graph_, settings.checkpoints.local_copies},
      life_{id, graph_->name, settings.failure_history_size, wall_ms},
      failover_{*graph_, settings.failover, id.low},
      checkpoints_{id, execution_, settings.checkpoints},
      finalizers_{*graph_} {
  life_.note_tasks(execution_.counts(), wall_ms);
  if (settings_.recovered)
    finalizers_.expect_all();
}

void job_manager_core::recover(recovered_checkpoints found) {
  if (found.lack_newest() && found.unreadable.back().id == refused_)
    return;
  blocked_by_.clear();
  refused_ = 0;
  checkpoints_.recover(std::move(found));
}

job_manager_core::actions job_manager_core::start(std::int64_t wall_ms) {
  actions out;
  if (!life_.enter(job_event::prepared, wall_ms))
    return out;
  for (auto& subtasks : execution_.attempts())
    for (execution_attempt& attempt : subtasks)
      advance(attempt, task_state::scheduled, wall_ms);
  tell_need({}, out);
  return out;
}

job_manager_core::actions job_manager_core::on_recovery_failed(const std::string& why, std::int64_t wall_ms) {
  actions out;
  checkpoints_.leave_files();
  fail_for_good({.cause = why, .wall_ms = wall_ms}, wall_ms, out);
  settle(wall_ms, out);
  return out;
}

void job_manager_core::on_recovery_blocked(const std::string& why) {
  checkpoints_.leave_files();
  if (blocked_by_ == why)
    return;
  blocked_by_ = why;
  log::scheduler.error("job cannot go on", {{"job", life_.summary().id}, {"why", why}});
}

bool job_manager_core::is_blocked() const {
  return !blocked_by_.empty() && (life_.is(job_state::initializing) || life_.is(job_state::restarting));
}

job_manager_core::actions job_manager_core::go_on(std::int64_t wall_ms) {
  if (is_blocked())
    return {};
  if (life_.is(job_state::initializing))
    return start(wall_ms);
  actions out;
  settle(wall_ms, out);
  return out;
}

job_manager_core::actions job_manager_core::on_tick(time_point now, std::int64_t wall_ms) {
  actions out;
  if (end_)
    return out;
  if (life_.is(job_state::restarting))
    decide_restart(now, wall_ms);
  finalizers_.on_tick(now);
  perform(checkpoints_.on_tick(now, wall_ms), wall_ms, out);
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

time_point job_manager_core::wake_at() const {
  if (end_)
    return time_point::max();
  return std::min({failover_.wake_at(), checkpoints_.wake_at(), finalizers_.wake_at()});
}

// ---- from the resource manager

void job_manager_core::on_introduced(const worker_introduced& message) {
  slots_.introduce(message.session, {.name = message.name, .address = message.address});
}

job_manager_core::actions job_manager_core::on_lost(const session_lost& message, std::int64_t wall_ms) {
  actions out;
  auto in_session = [&](const slot_grant& slot) { return job_slots::covers(message.session, slot.session); };
  auto lost = fail_attempts_in(in_session, message.cause, wall_ms, out);
  // Those who read from the lost worker may have noticed first; their cause is then a consequence.
  if (lost == failure_weight::consequence)
    life_.add_to_failure("; then " + message.cause);
  lose_finalizers(in_session, wall_ms);
  slots_.lose(message.session);
  tell_need(message.session, out);
  settle(wall_ms, out);
  return out;
}

void job_manager_core::on_missing(const slots_missing& message) {
  missing_ = message.missing;
}

job_manager_core::actions job_manager_core::on_request_failed(const slot_request_failed& message,
                                                              std::int64_t wall_ms) {
  actions out;
  if ((life_.is(job_state::created) && settings_.recovered) || is_blocked())
    wait_on({.cause = message.cause, .wall_ms = wall_ms}, out);
  else if (life_.is(job_state::created))
    fail_for_good({.cause = message.cause, .wall_ms = wall_ms}, wall_ms, out);
  else if (life_.is(job_state::restarting))
    restart_later({.cause = message.cause, .wall_ms = wall_ms}, out);
  else if (finalizers_lack_slot_)
    give_up_outputs(message.cause, wall_ms);
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

void job_manager_core::on_reported(const tasks_reported& message) {
  for (const task_report& report : message.tasks) {
    execution_attempt* attempt = present(report.attempt, message.session);
    if (attempt == nullptr || is_terminal(attempt->state))
      continue;
    attempt->metrics = report.metrics;
    if (report.measurements)
      attempt->measurements = report.measurements;
  }
}

// ---- from workers

job_manager_core::actions job_manager_core::on_offer(const offer& message, std::int64_t wall_ms) {
  actions out;
  switch (slots_.on_offer(message, is_collecting() || finalizers_lack_slot_)) {
  case job_slots::answer::accept:
    out.emplace_back(send_to_worker{message.session.worker,
                                    accept{message.session, message.slot, message.allocation, message.job}});
    if (life_.is(job_state::created) && slots_.complete())
      deploy_all(wall_ms, out);
    settle(wall_ms, out);
    break;
  case job_slots::answer::reject:
    out.emplace_back(send_to_worker{message.session.worker,
                                    reject{message.session, message.slot, message.allocation, message.job}});
    break;
  case job_slots::answer::drop:
    break;
  }
  return out;
}

job_manager_core::actions job_manager_core::on_update(const update& message, std::int64_t wall_ms) {
  actions out;
  if (auto finalized =
          finalizers_.on_update(message.attempt, message.session, message.state, message.cause)) {
    on_finalized(*finalized, wall_ms);
    settle(wall_ms, out);
    return out;
  }
  execution_attempt* attempt = present(message.attempt, message.session);
  if (attempt == nullptr)
    return out;
  bool asked_to_end = attempt->state == task_state::canceling;
  if (!advance(*attempt, message.state, wall_ms))
    return out;
  attempt->metrics = message.metrics;
  if (message.measurements)
    attempt->measurements = message.measurements;
  failure_record failure{
      .task = execution_.task_name(attempt->id), .worker = attempt->worker, .wall_ms = wall_ms};
  const subtask_place place{attempt->id.vertex, attempt->id.subtask};
  if (is_terminal(message.state) && !has_run(*attempt))
    finalizers_.on_not_opened(message.attempt);
  switch (message.state) {
  case task_state::finished:
    attempt->results = message.results;
    if (results_size(execution_) > settings_.collect_max_size) {
      failure.cause = "the job's results have more than " + to_text(memory_size{settings_.collect_max_size}) +
                      " (collect.max-size): write them with a sink, or raise the limit";
      fail_for_good(std::move(failure), wall_ms, out);
    }
    perform(execution_.all_finished() ? checkpoints_.suspend("the job has finished", wall_ms)
                                      : checkpoints_.on_finished(message.attempt, wall_ms),
            wall_ms, out);
    break;
  case task_state::failed:
    failure.cause = message.cause;
    if (message.irreversible)
      refuse_to_go_back(std::move(failure), wall_ms, out);
    else
      fail(std::move(failure), {place}, wall_ms, out);
    break;
  case task_state::canceled:
    if (!asked_to_end) {
      failure.cause = "the worker " + attempt->worker + " canceled the task by itself";
      fail(std::move(failure), {place}, wall_ms, out);
    }
    break;
  default:
    break;
  }
  note_running(wall_ms, out);
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

job_manager_core::actions job_manager_core::on_allocation_gone(const allocation_gone& message,
                                                               std::int64_t wall_ms) {
  actions out;
  auto held = slots_.all().find(message.allocation);
  if (held == slots_.all().end() || held->second.session != message.session)
    return out;
  auto in_slot = [&](const slot_grant& slot) { return slot.allocation == message.allocation; };
  fail_attempts_in(in_slot, "its worker does not have the task's slot any more", wall_ms, out);
  lose_finalizers(in_slot, wall_ms);
  slots_.drop(message.allocation);
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

// ---- the end

job_manager_core::actions job_manager_core::on_cancel(std::int64_t wall_ms) {
  actions out;
  if (end_)
    return out;
  if (finalizers_lack_slot_)
    give_up_outputs("the job was canceled", wall_ms);
  else if (!life_.enter(job_event::cancel_wish, wall_ms))
    return out;
  failover_.clear();
  perform(checkpoints_.suspend("the job was canceled", wall_ms), wall_ms, out);
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

job_manager_core::actions job_manager_core::on_stored() {
  assert(end_);
  actions out;
  life_.end_as(*end_);
  tell_need({}, out);
  for (const auto& [allocation, grant] : slots_.all())
    out.emplace_back(send_to_worker{grant.session.worker,
                                    release{grant.session, grant.slot, allocation, life_.summary().id}});
  slots_.drop_all();
  perform(checkpoints_.on_end(life_.state()), end_->summary.end_wall_ms, out);
  out.emplace_back(job_done{});
  return out;
}

job_details job_manager_core::details() const {
  job_details all{.summary = life_.summary(),
                  .spec = spec_,
                  .graph = graph_,
                  .entered_wall_ms = life_.entered_wall_ms(),
                  .vertices = execution_.status(),
                  .failures = life_.failures(),
                  .waiting_for = end_ && !is_terminal(life_.state())
                                     ? "its end is being stored"
                                     : why_job_waits({.state = life_.state(),
                                                      .execution = execution_,
                                                      .slots = slots_,
                                                      .missing_slots = missing_,
                                                      .checkpoint_is_open = checkpoints_.is_storing(),
                                                      .outputs_lack_slot = finalizers_lack_slot_,
                                                      .outputs_open = !finalizers_.done(),
                                                      .restart_is_due = failover_.is_due(),
                                                      .blocked_by = blocked_by_}),
                  .restart_strategy = failover_.describe_strategy()};
  if (checkpoints_.enabled())
    all.checkpoints = std::make_shared<checkpoint_overview>(checkpoints_.overview());
  if (life_.is(job_state::finished))
    all.results = merge_results(execution_);
  return all;
}

// ---- steps

/// The attempt, if it is its subtask's present one and was deployed in that session; else nullptr.
execution_attempt* job_manager_core::present(const attempt_id& id, const session_id& session) {
  execution_attempt* attempt = execution_.find(id);
  if (attempt == nullptr)
    return nullptr;
  const slot_grant* slot = slots_.slot_of(id);
  return slot != nullptr && slot->session == session ? attempt : nullptr;
}

bool job_manager_core::advance(execution_attempt& attempt, task_state to, std::int64_t wall_ms) {
  if (!execution_.advance(attempt, to, wall_ms))
    return false;
  if (is_terminal(to))
    finalizers_.on_ended(attempt.id, to, has_run(attempt));
  life_.note_tasks(execution_.counts(), wall_ms);
  const log::fields about{{"job", attempt.id.job},
                          {"vertex", attempt.id.vertex},
                          {"subtask", attempt.id.subtask},
                          {"attempt", attempt.id.number},
                          {"state", to},
                          {"worker", attempt.worker}};
  if (to == task_state::running || is_terminal(to))
    log::scheduler.info("task changes", about);
  else
    log::scheduler.debug("task changes", about);
  return true;
}

void job_manager_core::deploy_all(std::int64_t wall_ms, actions& out) {
  std::vector<subtask_place> all;
  for (const auto& subtasks : execution_.attempts())
    for (const execution_attempt& attempt : subtasks)
      all.push_back({attempt.id.vertex, attempt.id.subtask});
  deploy(all, wall_ms, out);
}

/// Sends attempts, SCHEDULED, to the slots that are there for them.
void job_manager_core::deploy(const std::vector<subtask_place>& places, std::int64_t wall_ms, actions& out) {
  slots_.assign();
  missing_ = 0;
  const completed_checkpoint* from = checkpoints_.restore_point();
  for (const subtask_place& place : places) {
    execution_attempt& attempt = execution_.attempts()[place.vertex][place.subtask];
    const worker_location& where = slots_.location(slots_.slot_of(attempt.id)->session);
    attempt.worker = where.name;
    attempt.host = where.address.host;
    advance(attempt, task_state::deploying, wall_ms);
    finalizers_.on_deployed(attempt.id);
    weir::deploy message = make_deployment(attempt, execution_, slots_, spec_);
    restore_from(from, message);
    incarnation_id worker = message.session.worker;
    out.emplace_back(send_to_worker{worker, std::move(message)});
  }
  perform(checkpoints_.on_deployed(wall_ms), wall_ms, out);
  life_.enter(job_event::deployed, wall_ms);
}

/// What a deployment says of checkpoints.
void job_manager_core::restore_from(const completed_checkpoint* checkpoint, weir::deploy& to) const {
  to.restored = restored_state_of(graph_->vertices[to.attempt.vertex], checkpoint);
  to.restored.goes_back = !checkpoints_.gone_back_behind().empty();
  if (settings_.checkpoints.enabled())
    to.checkpoints = {settings_.checkpoints.directory,
                      settings_.checkpoints.mode == checkpoint_mode::exactly_once,
                      settings_.checkpoints.incremental, settings_.checkpoints.local_copies};
}

void job_manager_core::tell_need(const std::optional<session_id>& handled, actions& out) {
  std::uint32_t count = wanted();
  slot_preference preferred = count == 0 ? slot_preference{} : slots_.preferred();
  if (count == needed_ && preferred == preferred_ && !handled)
    return;
  needed_ = count;
  preferred_ = preferred;
  out.emplace_back(slots_needed{life_.summary().id, count, handled, std::move(preferred)});
}

/// The slots held and those that would be taken if offered.
std::uint32_t job_manager_core::wanted() const {
  if (is_collecting() || life_.is(job_state::running) || finalizers_lack_slot_)
    return slots_.held() + slots_.lacking();
  return 0;
}

bool job_manager_core::is_collecting() const {
  return life_.is(job_state::created) || life_.is(job_state::restarting);
}

/// Ends what must not go on, restarts what can go on, and ends the job when nothing does.
void job_manager_core::settle(std::int64_t wall_ms, actions& out) {
  switch (life_.state()) {
  case job_state::cancelling:
    if (checkpoints_.is_storing())
      break; // when it is complete, sinks are to commit it first
    [[fallthrough]];
  case job_state::failing:
    for (auto& subtasks : execution_.attempts())
      for (execution_attempt& attempt : subtasks)
        cancel_attempt(attempt, wall_ms, out);
    break;
  case job_state::restarting:
    for (const subtask_place& place : failover_.affected())
      cancel_attempt(execution_.attempts()[place.vertex][place.subtask], wall_ms, out);
    if (may_restart())
      restart(wall_ms, out);
    break;
  default:
    break;
  }
  end_if_over(wall_ms, out);
}

void job_manager_core::cancel_attempt(execution_attempt& attempt, std::int64_t wall_ms, actions& out) {
  if (attempt.state < task_state::deploying) {
    advance(attempt, task_state::canceled, wall_ms);
  } else if (attempt.state < task_state::finished) {
    advance(attempt, task_state::canceling, wall_ms);
    const session_id& session = slots_.slot_of(attempt.id)->session;
    // Where the newest checkpoint is not known, what is prepared may be needed yet.
    bool job_ends = !life_.is(job_state::restarting) && !checkpoints_.leaves_files();
    if (job_ends)
      finalizers_.on_told_end(attempt.id);
    out.emplace_back(send_to_worker{session.worker, cancel{session, attempt.id, job_ends}});
  }
}

void job_manager_core::end_if_over(std::int64_t wall_ms, actions& out) {
  if (end_ || !execution_.all_terminal() || checkpoints_.is_storing())
    return;
  auto next =
      next_state(life_.state(), execution_.all_finished() ? job_event::all_finished : job_event::all_ended);
  if (!next || (*next != job_state::finished && !finalize_outputs(out)))
    return;
  // The end is shown once it is stored.
  job_details end = details();
  end.summary.state = *next;
  end.summary.end_wall_ms = wall_ms;
  end.summary.last_modified_wall_ms = wall_ms;
  end.entered_wall_ms[*next] = wall_ms;
  end.waiting_for.clear();
  if (*next == job_state::finished)
    end.results = merge_results(execution_);
  end_ = std::move(end);
  out.emplace_back(store_end{*end_, checkpoints_.left_by(*next)});
}

} // namespace weir
