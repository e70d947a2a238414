#include "scheduler/job_manager_core.hpp"

#include "base/log.hpp"
#include "base/option.hpp"
#include "scheduler/deployment.hpp"
#include "scheduler/job_results.hpp"
#include "scheduler/job_waiting.hpp"

#include <cassert>
#include <utility>

namespace weir {

job_manager_core::job_manager_core(const job_id& id, job_spec spec, std::shared_ptr<const job_graph> graph,
                                   const job_settings& settings, std::int64_t wall_ms)
    : spec_{std::move(spec)},
      settings_{settings},
      execution_{id, graph, settings.epoch, wall_ms},
      graph_{std::move(graph)},
      slots_{*graph_},
      summary_{.id = id,
               .name = graph_->name,
               .start_wall_ms = wall_ms,
               .last_modified_wall_ms = wall_ms,
               .tasks = execution_.counts()},
      entered_wall_ms_{{job_state::initializing, wall_ms}} {}

job_manager_core::actions job_manager_core::start(std::int64_t wall_ms) {
  actions out;
  if (!enter(job_event::prepared, wall_ms))
    return out;
  for (auto& subtasks : execution_.attempts())
    for (execution_attempt& attempt : subtasks)
      advance(attempt, task_state::scheduled, wall_ms);
  tell_need({}, out);
  return out;
}

void job_manager_core::on_introduced(const worker_introduced& message) {
  slots_.introduce(message.session, {.name = message.name, .address = message.address});
}

job_manager_core::actions job_manager_core::on_lost(const session_lost& message, std::int64_t wall_ms) {
  actions out;
  auto in_session = [&](const slot_grant& slot) { return job_slots::covers(message.session, slot.session); };
  bool was_failing = summary_.state == job_state::failing;
  bool any_lost = fail_attempts_in(in_session, message.cause, wall_ms);
  // Those who read from the lost worker may have noticed first; their cause is then a consequence.
  if (any_lost && was_failing)
    failures_.front().cause += "; then " + message.cause;
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
  if (summary_.state == job_state::created)
    note_failure({.cause = message.cause, .wall_ms = wall_ms}, wall_ms);
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

job_manager_core::actions job_manager_core::on_offer(const offer& message, std::int64_t wall_ms) {
  actions out;
  switch (slots_.on_offer(message, summary_.state == job_state::created)) {
  case job_slots::answer::accept:
    out.emplace_back(send_to_worker{message.session.worker,
                                    accept{message.session, message.slot, message.allocation, message.job}});
    if (summary_.state == job_state::created && slots_.complete())
      deploy_all(wall_ms, out);
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
  execution_attempt* attempt = present(message.attempt, message.session);
  if (attempt == nullptr || !advance(*attempt, message.state, wall_ms))
    return out;
  attempt->metrics = message.metrics;
  if (message.measurements)
    attempt->measurements = message.measurements;
  failure_record failure{
      .task = execution_.task_name(attempt->id), .worker = attempt->worker, .wall_ms = wall_ms};
  switch (message.state) {
  case task_state::finished:
    attempt->results = message.results;
    for (const task_result& result : message.results)
      results_size_ += result.value.size();
    if (results_size_ > settings_.collect_max_size) {
      failure.cause = "the job's results have more than " + to_text(memory_size{settings_.collect_max_size}) +
                      " (collect.max-size): write them with a sink, or raise the limit";
      note_failure(std::move(failure), wall_ms);
    }
    break;
  case task_state::failed:
    failure.cause = message.cause;
    note_failure(std::move(failure), wall_ms);
    break;
  case task_state::canceled:
    if (summary_.state == job_state::running) { // else this job asked for it
      failure.cause = "the worker " + attempt->worker + " canceled the task by itself";
      note_failure(std::move(failure), wall_ms);
    }
    break;
  default:
    break;
  }
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
  fail_attempts_in([&](const slot_grant& slot) { return slot.allocation == message.allocation; },
                   "its worker does not have the task's slot any more", wall_ms);
  slots_.drop(message.allocation);
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

job_manager_core::actions job_manager_core::on_cancel(std::int64_t wall_ms) {
  actions out;
  if (end_ || !enter(job_event::cancel_wish, wall_ms))
    return out;
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

job_manager_core::actions job_manager_core::on_stored() {
  assert(end_);
  actions out;
  summary_ = end_->summary;
  entered_wall_ms_ = end_->entered_wall_ms;
  log::scheduler.info("job ended", {{"job", summary_.id}, {"state", summary_.state}});
  tell_need({}, out);
  for (const auto& [allocation, grant] : slots_.all())
    out.emplace_back(
        send_to_worker{grant.session.worker, release{grant.session, grant.slot, allocation, summary_.id}});
  slots_.drop_all();
  out.emplace_back(job_done{});
  return out;
}

job_details job_manager_core::details() const {
  job_details all{.summary = summary_,
                  .spec = spec_,
                  .graph = graph_,
                  .entered_wall_ms = entered_wall_ms_,
                  .vertices = execution_.status(),
                  .failures = failures_,
                  .waiting_for = end_ && !is_terminal(summary_.state)
                                     ? "its end is being stored"
                                     : why_job_waits(summary_.state, execution_, slots_, missing_)};
  if (summary_.state == job_state::finished)
    all.results = merge_results(execution_);
  return all;
}

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
  summary_.tasks = execution_.counts();
  summary_.last_modified_wall_ms = wall_ms;
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

bool job_manager_core::enter(job_event event, std::int64_t wall_ms) {
  auto next = next_state(summary_.state, event);
  if (!next)
    return false;
  summary_.state = *next;
  summary_.last_modified_wall_ms = wall_ms;
  entered_wall_ms_[*next] = wall_ms;
  log::scheduler.info("job changes", {{"job", summary_.id}, {"state", *next}});
  return true;
}

void job_manager_core::deploy_all(std::int64_t wall_ms, actions& out) {
  slots_.assign();
  missing_ = 0;
  for (auto& subtasks : execution_.attempts()) {
    for (execution_attempt& attempt : subtasks) {
      const worker_location& where = slots_.location(slots_.slot_of(attempt.id)->session);
      attempt.worker = where.name;
      attempt.host = where.address.host;
      advance(attempt, task_state::deploying, wall_ms);
      deploy message = make_deployment(attempt, execution_, slots_, spec_);
      incarnation_id worker = message.session.worker;
      out.emplace_back(send_to_worker{worker, std::move(message)});
    }
  }
  enter(job_event::deployed, wall_ms);
}

/// What was deployed to the slots that are gone has failed. Returns whether there was something.
template <class Gone>
bool job_manager_core::fail_attempts_in(Gone gone, const std::string& cause, std::int64_t wall_ms) {
  bool any = false;
  for (auto& subtasks : execution_.attempts()) {
    for (execution_attempt& attempt : subtasks) {
      const slot_grant* slot = slots_.slot_of(attempt.id);
      if (slot == nullptr || !gone(*slot) || !advance(attempt, task_state::failed, wall_ms))
        continue;
      if (!std::exchange(any, true))
        note_failure({.cause = cause,
                      .task = execution_.task_name(attempt.id),
                      .worker = attempt.worker,
                      .wall_ms = wall_ms},
                     wall_ms);
    }
  }
  return any;
}

/// The first failure is the cause; what fails after it is mostly its consequence.
void job_manager_core::note_failure(failure_record cause, std::int64_t wall_ms) {
  if (end_ || !enter(job_event::failure, wall_ms)) {
    log::scheduler.info("further failure",
                        {{"job", summary_.id}, {"task", cause.task}, {"cause", cause.cause}});
    return;
  }
  log::scheduler.info(
      "job fails",
      {{"job", summary_.id}, {"task", cause.task}, {"worker", cause.worker}, {"cause", cause.cause}});
  failures_.insert(failures_.begin(), std::move(cause));
  if (failures_.size() > settings_.failure_history_size)
    failures_.resize(settings_.failure_history_size);
}

void job_manager_core::tell_need(const std::optional<session_id>& handled, actions& out) {
  std::uint32_t count = wanted();
  if (count == needed_ && !handled)
    return;
  needed_ = count;
  out.emplace_back(slots_needed{summary_.id, count, handled});
}

/// The slots held and those that would be taken if offered.
std::uint32_t job_manager_core::wanted() const {
  switch (summary_.state) {
  case job_state::created:
    return slots_.required();
  case job_state::running:
    return slots_.held();
  default:
    return 0;
  }
}

/// Ends what must not go on, and the job when nothing goes on.
void job_manager_core::settle(std::int64_t wall_ms, actions& out) {
  if (summary_.state == job_state::failing || summary_.state == job_state::cancelling)
    cancel_rest(wall_ms, out);
  if (end_ || !execution_.all_terminal())
    return;
  auto next =
      next_state(summary_.state, execution_.all_finished() ? job_event::all_finished : job_event::all_ended);
  if (!next)
    return;
  // The end is shown once it is stored.
  job_state before = std::exchange(summary_.state, *next);
  end_ = details();
  summary_.state = before;
  end_->summary.end_wall_ms = wall_ms;
  end_->summary.last_modified_wall_ms = wall_ms;
  end_->entered_wall_ms[*next] = wall_ms;
  out.emplace_back(store_end{*end_});
}

void job_manager_core::cancel_rest(std::int64_t wall_ms, actions& out) {
  for (auto& subtasks : execution_.attempts()) {
    for (execution_attempt& attempt : subtasks) {
      if (attempt.state < task_state::deploying) {
        advance(attempt, task_state::canceled, wall_ms);
      } else if (attempt.state < task_state::finished) {
        advance(attempt, task_state::canceling, wall_ms);
        const session_id& session = slots_.slot_of(attempt.id)->session;
        out.emplace_back(send_to_worker{session.worker, cancel{session, attempt.id}});
      }
    }
  }
}

} // namespace weir
