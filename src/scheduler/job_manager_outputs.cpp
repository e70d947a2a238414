#include "base/log.hpp"
#include "scheduler/job_manager_core.hpp"

/// How a job_manager_core ends what sinks of a job that does not finish have prepared.
namespace weir {

/// Deploys the finalizers that are due. True when nothing is left to be done, or nothing may be done as it
/// is not known which checkpoint is the newest.
bool job_manager_core::finalize_outputs(actions& out) {
  if (finalizers_.done() || checkpoints_.leaves_files())
    return true;
  std::vector<subtask_place> due = finalizers_.due();
  finalizers_lack_slot_ = !due.empty() && slots_.held() == 0;
  if (finalizers_lack_slot_) {
    (void)slots_.give_up([](const slot_grant&) { return true; });
    slots_.want(due.front().vertex, due.front().subtask);
  } else {
    for (const subtask_place& place : due)
      deploy_finalizer(place, slots_.all().begin()->second, out);
  }
  tell_need({}, out);
  return false;
}

void job_manager_core::deploy_finalizer(const subtask_place& place, const slot_grant& slot, actions& out) {
  attempt_id attempt = finalizers_.start(execution_.attempts()[place.vertex][place.subtask].id, slot);
  log::scheduler.info("output is ended", {{"job", attempt.job},
                                          {"task", execution_.task_name(attempt)},
                                          {"attempt", attempt},
                                          {"worker", slots_.location(slot.session).name}});
  weir::deploy message{.session = slot.session,
                       .slot = slot.slot,
                       .allocation = slot.allocation,
                       .attempt = attempt,
                       .job = spec_,
                       .finalizes = true};
  restore_from(checkpoints_.restore_point(), message);
  out.emplace_back(send_to_worker{slot.session.worker, std::move(message)});
}

/// Nobody comes after who would end that output, so the job's failures say what was left.
void job_manager_core::on_finalized(const output_finalizers::ended& how, std::int64_t wall_ms) {
  if (how.failure.empty())
    return;
  std::string task = execution_.task_name(how.finalizer);
  if (!how.is_given_up)
    return log::scheduler.warn(
        "output not ended, tried again",
        {{"job", life_.summary().id}, {"task", task}, {"attempt", how.finalizer}, {"why", how.failure}});
  std::string what = "what " + task + " has prepared is neither committed nor removed: " + how.failure;
  log::scheduler.warn(what, {{"job", life_.summary().id}, {"attempt", how.finalizer}});
  if (life_.is(job_state::failing))
    life_.add_to_failure("; " + what);
  else
    life_.note_failure({.cause = std::move(what), .task = std::move(task), .wall_ms = wall_ms});
}

void job_manager_core::lose_finalizers(const std::function<bool(const slot_grant&)>& gone,
                                       std::int64_t wall_ms) {
  for (const auto& given_up : finalizers_.lose(gone))
    on_finalized(given_up, wall_ms);
}

void job_manager_core::give_up_outputs(const std::string& why, std::int64_t wall_ms) {
  for (const subtask_place& place : finalizers_.due())
    on_finalized({execution_.attempts()[place.vertex][place.subtask].id, why}, wall_ms);
  finalizers_.give_up();
  finalizers_lack_slot_ = false;
}

} // namespace weir
