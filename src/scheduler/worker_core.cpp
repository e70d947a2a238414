#include "scheduler/worker_core.hpp"

#include <algorithm>
#include <utility>

namespace weir {

worker_core::worker_core(worker_settings settings)
    : settings_{std::move(settings)}, slots_{settings_.slots.size()}, retry_wait_{settings_.retry_initial} {
  session_ = {{}, settings_.self, 1};
  master_timeout_ = settings_.heartbeat_timeout;
}

worker_core::actions worker_core::start(time_point now) {
  return perform(now, [&] {
    phase_ = phase::dialling;
    act(dial_master{});
  });
}

worker_core::actions worker_core::on_master_up(leader_epoch epoch, time_point now) {
  return perform(now, [&] {
    // A connection can take the place of one that this side still believes in.
    if (phase_ == phase::registering || phase_ == phase::registered)
      reset("the master was connected anew");
    if (epoch < session_.epoch) {
      // A leader that has been replaced and does not know it yet.
      act(drop_master{"its epoch " + std::to_string(epoch.value) + " is over"});
      return;
    }
    session_.epoch = epoch;
    heard_at_ = now_;
    phase_ = phase::waiting;
    register_if_possible();
  });
}

worker_core::actions worker_core::on_master_down(const std::string& reason, time_point now) {
  return perform(now, [&] {
    phase_ = phase::unconnected;
    retry_at_ = now_ + retry_wait_;
    reset("the master was lost: " + reason);
  });
}

worker_core::actions worker_core::on_dial_failed(time_point now) {
  return perform(now, [&] {
    phase_ = phase::unconnected;
    retry_at_ = now_ + retry_wait_;
    retry_wait_ = std::min(retry_wait_ * 2, settings_.retry_max);
  });
}

worker_core::actions worker_core::on_message(const control_message& message, time_point now) {
  return perform(now, [&] {
    std::visit(
        [&](const auto& each) {
          // The master's side of any other session is lost already, or will be.
          if constexpr (requires { each.session; })
            if (each.session == session_ && was_sent_) {
              heard_at_ = now_;
              on(each);
            }
        },
        message);
  });
}

void worker_core::on(const registered& message) {
  if (phase_ != phase::registering)
    return;
  phase_ = phase::registered;
  retry_wait_ = settings_.retry_initial;
  heartbeat_interval_ = std::chrono::milliseconds{std::max(message.heartbeat_interval_ms, 1u)};
  // A little shorter than the master's own, so that a worker usually gives up before its slots go to others.
  auto timeout = std::chrono::milliseconds{message.heartbeat_timeout_ms};
  master_timeout_ = std::max(timeout - heartbeat_interval_ / 2, heartbeat_interval_);
  heartbeat_at_ = now_ + heartbeat_interval_;
  act(session_begun{session_});
}

void worker_core::on(const unknown_session&) {
  reset("the master does not know the session");
  register_if_possible();
}

void worker_core::on(const allocate& message) {
  if (!slots_.take(message)) {
    reset("the master allocated slot " + std::to_string(message.slot) + ", which is not free");
    register_if_possible();
    return;
  }
  absent_jobs_.erase(message.job);
  auto& slot = slots_[message.slot];
  slot.offer_wait = settings_.retry_initial;
  slot.offer_again_at = now_ + slot.offer_wait;
  tell(offer{session_, message.slot, message.allocation, message.job});
}

void worker_core::on(const accept& message) {
  if (auto* slot = slots_.holding(message.slot, message.allocation))
    slot->at = worker_slots::state::active;
  else
    tell(allocation_gone{session_, message.slot, message.allocation, message.job});
}

void worker_core::on(const reject& message) {
  auto* slot = slots_.holding(message.slot, message.allocation);
  if (!slot || slot->at != worker_slots::state::offered)
    return;
  free_slot(message.slot);
}

void worker_core::on(const release& message) {
  auto* slot = slots_.holding(message.slot, message.allocation);
  if (!slot)
    return;
  slot->releasing = true;
  std::vector<attempt_id> alive;
  for (const auto& [id, attempt] : attempts_)
    if (attempt.slot == message.slot)
      alive.push_back(id);
  for (const auto& id : alive)
    cancel_attempt(id, attempts_.at(id), false);
  free_if_empty(message.slot);
}

void worker_core::on(const deploy& message) {
  auto* slot = slots_.holding(message.slot, message.allocation);
  if (!slot || slot->releasing || slot->job != message.attempt.job) {
    tell(update{.session = session_,
                .attempt = message.attempt,
                .state = task_state::failed,
                .cause = "the worker does not hold the slot any more (allocation gone)"});
    return;
  }
  slot->at = worker_slots::state::active; // counts as the accept
  if (!slot->seen.insert(message.attempt).second)
    return;
  slot->tasks += 1;
  // At once, so that a cancel that is right behind finds it.
  attempts_[message.attempt] = {.slot = message.slot};
  act(load_code{message});
}

void worker_core::on(const cancel& message) {
  auto found = attempts_.find(message.attempt);
  if (found == attempts_.end())
    tell(update{.session = session_, .attempt = message.attempt, .state = task_state::canceled});
  else
    cancel_attempt(found->first, found->second, message.job_ends);
}

void worker_core::cancel_attempt(const attempt_id& id, running_attempt& attempt, bool job_ends) {
  if (attempt.state == task_state::deploying)
    return end_attempt(attempt_id{id}, task_state::canceled, {});
  if (attempt.cancel_by)
    return;
  attempt.state = task_state::canceling;
  attempt.cancel_by = now_ + settings_.cancellation_timeout;
  act(cancel_task{id, job_ends});
  tell(update{.session = session_, .attempt = id, .state = task_state::canceling});
}

template <class Notice>
void worker_core::notify(const Notice& message) {
  auto found = attempts_.find(message.attempt);
  if (found != attempts_.end() && found->second.state != task_state::deploying)
    act(notify_task{message.attempt, message});
}

template <class Answer>
worker_core::actions worker_core::tell_answer(Answer answer) {
  return perform(now_, [&] {
    if (!attempts_.contains(answer.attempt))
      return; // of an earlier session
    answer.session = session_;
    tell(std::move(answer));
  });
}

worker_core::actions worker_core::on_checkpoint_answer(acknowledge_checkpoint answer) {
  return tell_answer(std::move(answer));
}

worker_core::actions worker_core::on_checkpoint_answer(decline_checkpoint answer) {
  return tell_answer(std::move(answer));
}

worker_core::actions worker_core::on_checkpoint_answer(data_ended answer) {
  return tell_answer(std::move(answer));
}

worker_core::actions worker_core::on_loaded(const attempt_id& id) {
  return perform(now_, [&] {
    auto found = attempts_.find(id);
    if (found == attempts_.end() || found->second.state != task_state::deploying)
      return;
    found->second.state = task_state::initializing;
    tell(update{.session = session_, .attempt = id, .state = task_state::initializing});
    act(run_task{id});
  });
}

worker_core::actions worker_core::on_load_failed(const attempt_id& id, const std::string& cause) {
  return perform(now_, [&] {
    auto found = attempts_.find(id);
    if (found != attempts_.end() && found->second.state == task_state::deploying)
      end_attempt(id, task_state::failed, {.cause = cause});
  });
}

worker_core::actions worker_core::on_task_state(const attempt_id& id, task_state state, task_end end) {
  return perform(now_, [&] {
    if (leftovers_.count(id)) {
      if (is_terminal(state)) {
        leftovers_.erase(id);
        register_if_possible();
      }
      return;
    }
    auto found = attempts_.find(id);
    if (found == attempts_.end())
      return;
    if (is_terminal(state))
      return end_attempt(id, state, std::move(end));
    if (found->second.state != task_state::initializing || state != task_state::running)
      return;
    found->second.state = state;
    tell(update{.session = session_, .attempt = id, .state = state});
  });
}

void worker_core::end_attempt(const attempt_id& id, task_state how, task_end end) {
  auto slot = attempts_.at(id).slot;
  attempts_.erase(id);
  slots_[slot].tasks -= 1;
  tell(update{session_, id, how, std::move(end.cause), end.metrics, std::move(end.results),
              std::move(end.measurements), end.irreversible});
  free_if_empty(slot);
}

void worker_core::free_if_empty(std::uint32_t index) {
  const auto& slot = slots_[index];
  if (!slot.releasing || slot.tasks > 0)
    return;
  free_slot(index);
}

void worker_core::free_slot(std::uint32_t index) {
  job_id job = slots_[index].job;
  tell(freed{session_, index, slots_[index].allocation});
  slots_.free(index);
  if (!slots_.has(job))
    act(forget_job{job});
}

void worker_core::reset(const std::string& reason) {
  for (const auto& [id, attempt] : attempts_) {
    if (attempt.state == task_state::deploying)
      continue; // nothing runs yet, and what is loaded for it will find no attempt
    leftovers_[id] = attempt.cancel_by.value_or(now_ + settings_.cancellation_timeout);
    if (!attempt.cancel_by)
      act(cancel_task{id});
  }
  attempts_.clear();
  for (std::uint32_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].at != worker_slots::state::free)
      absent_jobs_[slots_[i].job] = now_ + settings_.job_return_max;
  slots_.free_all();
  if (!was_sent_)
    return; // nobody has heard of the session yet
  if (phase_ == phase::registering || phase_ == phase::registered)
    phase_ = phase::waiting;
  act(session_over{session_, reason});
  session_.registration += 1;
  was_sent_ = false;
}

void worker_core::register_if_possible() {
  if (phase_ != phase::waiting || !leftovers_.empty())
    return;
  phase_ = phase::registering;
  heard_at_ = now_;
  send_register();
}

void worker_core::send_register() {
  was_sent_ = true;
  retry_at_ = now_ + retry_wait_;
  retry_wait_ = std::min(retry_wait_ * 2, settings_.retry_max);
  tell(register_worker{session_, settings_.data_address, settings_.slots, settings_.cpu_cores,
                       settings_.physical_memory, settings_.process_id});
}

void worker_core::on_task_metrics(const attempt_id& id, const task_metrics& metrics,
                                  const measurements_ptr& measurements) {
  auto found = attempts_.find(id);
  if (found == attempts_.end())
    return;
  running_attempt& attempt = found->second;
  attempt.metrics = metrics;
  if (attempt.measurements == measurements)
    return;
  attempt.measurements = measurements;
  attempt.measured_anew = true;
}

void worker_core::on_memory(std::uint64_t resident, std::uint64_t network_used) {
  resident_memory_ = resident;
  network_memory_used_ = network_used;
}

void worker_core::tell(control_message message) {
  act(send_to_master{std::move(message)});
}

} // namespace weir
