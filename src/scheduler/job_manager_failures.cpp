#include "base/log.hpp"
#include "scheduler/job_manager_core.hpp"

#include <algorithm>
#include <utility>

/// What a job_manager_core makes of failures.
namespace weir {

/// Fails what was deployed to the slots that are gone.
job_manager_core::failure_weight
job_manager_core::fail_attempts_in(const std::function<bool(const slot_grant&)>& gone,
                                   const std::string& cause, std::int64_t wall_ms, actions& out) {
  failure_record failure{.cause = cause, .wall_ms = wall_ms};
  std::vector<subtask_place> failed;
  for (auto& subtasks : execution_.attempts()) {
    for (execution_attempt& attempt : subtasks) {
      const slot_grant* slot = slots_.slot_of(attempt.id);
      if (slot == nullptr || !gone(*slot) || !advance(attempt, task_state::failed, wall_ms))
        continue;
      if (failed.empty()) {
        failure.task = execution_.task_name(attempt.id);
        failure.worker = attempt.worker;
      }
      failed.push_back({attempt.id.vertex, attempt.id.subtask});
    }
  }
  return failed.empty() ? failure_weight::none : fail(std::move(failure), failed, wall_ms, out);
}

/// These subtasks failed; if there are none, the job as a whole. The first failure is the cause; what fails
/// after it is mostly its consequence.
job_manager_core::failure_weight job_manager_core::fail(failure_record failure,
                                                        const std::vector<subtask_place>& where,
                                                        std::int64_t wall_ms, actions& out) {
  if (life_.is(job_state::failing) || (life_.is(job_state::restarting) && failover_.covers(where))) {
    log_further(failure);
    return failure_weight::consequence;
  }
  bool may_restart =
      failover_.is_possible() && !end_ && (life_.is(job_state::running) || life_.is(job_state::restarting));
  if (!may_restart)
    return fail_for_good(std::move(failure), wall_ms, out);
  life_.enter(job_event::restart, wall_ms);
  std::string why = failure.cause;
  life_.note_failure(std::move(failure));
  failover_.on_failure(where);
  want_slots();
  perform(checkpoints_.suspend(why, wall_ms), wall_ms, out);
  return failure_weight::cause;
}

/// A sink has committed something since the checkpoint that the job goes back to. No other one has prepared
/// anything meanwhile that was committed, nor removed what was prepared before, so that all is as it was.
void job_manager_core::refuse_to_go_back(failure_record failure, std::int64_t wall_ms, actions& out) {
  const auto& behind = checkpoints_.gone_back_behind();
  if (behind.empty() || !(life_.is(job_state::running) || life_.is(job_state::restarting))) {
    fail(std::move(failure), {}, wall_ms, out);
    return;
  }
  refused_ = behind.back().id;
  std::string why = "the job cannot go back behind checkpoint " + std::to_string(refused_) + ": " +
                    failure.cause + "; " + behind.back().advice();
  life_.enter(job_event::restart, wall_ms);
  life_.note_failure(std::move(failure));
  failover_.restart_all();
  want_slots();
  perform(checkpoints_.suspend(why, wall_ms), wall_ms, out);
  on_recovery_blocked(why);
}

/// Something failed that no restart would better.
job_manager_core::failure_weight job_manager_core::fail_for_good(failure_record failure, std::int64_t wall_ms,
                                                                 actions& out) {
  if (end_ || !life_.enter(job_event::failure, wall_ms)) {
    log_further(failure);
    return failure_weight::none;
  }
  std::string why = failure.cause;
  life_.note_failure(std::move(failure));
  failover_.clear();
  perform(checkpoints_.suspend(why, wall_ms), wall_ms, out);
  return failure_weight::cause;
}

void job_manager_core::log_further(const failure_record& failure) const {
  log::scheduler.info("further failure",
                      {{"job", life_.summary().id}, {"task", failure.task}, {"cause", failure.cause}});
}

void job_manager_core::want_slots() {
  for (const subtask_place& place : failover_.affected())
    slots_.want(place.vertex, place.subtask);
}

void job_manager_core::decide_restart(time_point now, std::int64_t wall_ms) {
  switch (failover_.on_tick(now)) {
  case job_failover::verdict::none:
    break;
  case job_failover::verdict::due:
    want_slots(); // again, if they were given up
    break;
  case job_failover::verdict::refused:
    life_.add_to_failure("; the restart strategy (" + failover_.describe_strategy() + ") bears no more");
    life_.enter(job_event::failure, wall_ms);
    failover_.clear();
    break;
  }
}

/// The slots for a restart are not to be had. It begins anew, and others get those that wait for it
/// meanwhile: two jobs with half of what they need would wait for each other for ever.
void job_manager_core::restart_later(failure_record failure, actions& out) {
  life_.note_failure(std::move(failure));
  failover_.on_failure(failover_.affected());
  give_back_slots(out);
}

/// A job that a master before has led may have come far, and its workers may be late: it goes on waiting.
void job_manager_core::wait_on(failure_record failure, actions& out) {
  life_.note_failure(std::move(failure));
  give_back_slots(out);
  for (std::uint32_t v = 0; v < execution_.attempts().size(); ++v)
    for (std::uint32_t s = 0; s < execution_.attempts()[v].size(); ++s)
      slots_.want(v, s);
}

/// Those that no task uses. None is collected until some are wanted again.
void job_manager_core::give_back_slots(actions& out) {
  auto is_used = [&](const slot_grant& slot) {
    for (const auto& subtasks : execution_.attempts())
      for (const execution_attempt& attempt : subtasks)
        if (const slot_grant* own = slots_.slot_of(attempt.id);
            own != nullptr && *own == slot && !is_terminal(attempt.state))
          return true;
    return false;
  };
  std::vector<slot_grant> idle = slots_.give_up(is_used);
  tell_need({}, out);
  for (const slot_grant& grant : idle)
    out.emplace_back(send_to_worker{
        grant.session.worker, release{grant.session, grant.slot, grant.allocation, life_.summary().id}});
}

bool job_manager_core::may_restart() const {
  return failover_.is_due() && !is_blocked() && slots_.complete() && !checkpoints_.is_storing() &&
         std::ranges::all_of(failover_.affected(), [&](const subtask_place& place) {
           return is_terminal(execution_.attempts()[place.vertex][place.subtask].state);
         });
}

void job_manager_core::restart(std::int64_t wall_ms, actions& out) {
  std::vector<subtask_place> places = failover_.affected();
  failover_.clear();
  const completed_checkpoint* from = checkpoints_.restore_point();
  log::scheduler.info("job restarts", {{"job", life_.summary().id},
                                       {"tasks", places.size()},
                                       {"checkpoint", from == nullptr ? 0 : from->id}});
  life_.note_restart();
  for (const subtask_place& place : places)
    execution_.begin_anew(place.vertex, place.subtask, wall_ms);
  for (const subtask_place& place : places)
    advance(execution_.attempts()[place.vertex][place.subtask], task_state::scheduled, wall_ms);
  deploy(places, wall_ms, out);
}

} // namespace weir
