// What a worker does because time passes.
#include "scheduler/worker_core.hpp"

#include <algorithm>

namespace weir {

worker_core::actions worker_core::on_tick(time_point now) {
  return perform(now, [&] {
    check_deadlines();
    forget_absent_jobs();
    switch (phase_) {
    case phase::unconnected:
      if (now_ >= retry_at_) {
        phase_ = phase::dialling;
        act(dial_master{});
      }
      break;
    case phase::dialling:
    case phase::waiting:
      break;
    case phase::registering:
      if (now_ - heard_at_ >= master_timeout_)
        act(drop_master{"it does not answer the registration"});
      else if (now_ >= retry_at_)
        send_register();
      break;
    case phase::registered:
      if (now_ - heard_at_ >= master_timeout_) {
        act(drop_master{"no sign of life for " + std::to_string(master_timeout_.count()) +
                        " ms (heartbeat.timeout)"});
        heard_at_ = now_; // the drop is on its way
        break;
      }
      if (now_ >= heartbeat_at_)
        send_heartbeat();
      for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        auto& slot = slots_[i];
        if (slot.at != worker_slots::state::offered || slot.releasing || now_ < slot.offer_again_at)
          continue;
        slot.offer_wait = std::min(slot.offer_wait * 2, settings_.retry_max);
        slot.offer_again_at = now_ + slot.offer_wait;
        tell(offer{session_, i, slot.allocation, slot.job});
      }
      break;
    }
  });
}

void worker_core::check_deadlines() {
  if (exiting_)
    return;
  auto late = [&](const attempt_id& id, time_point by) {
    if (now_ < by || exiting_)
      return;
    exiting_ = true;
    act(exit_process{"task " + to_string(id) + " did not end within " +
                     std::to_string(settings_.cancellation_timeout.count()) +
                     " ms after it was canceled (task.cancellation.timeout)"});
  };
  for (const auto& [id, by] : leftovers_)
    late(id, by);
  for (const auto& [id, attempt] : attempts_)
    if (attempt.cancel_by)
      late(id, *attempt.cancel_by);
}

void worker_core::forget_absent_jobs() {
  std::erase_if(absent_jobs_, [&](const auto& absent) {
    if (now_ < absent.second)
      return false;
    act(forget_job{absent.first});
    return true;
  });
}

time_point worker_core::wake_at() const {
  auto first = time_point::max();
  auto consider = [&](time_point at) { first = std::min(first, at); };
  for (const auto& [id, by] : leftovers_)
    consider(by);
  for (const auto& [id, attempt] : attempts_)
    if (attempt.cancel_by)
      consider(*attempt.cancel_by);
  if (exiting_)
    first = time_point::max();
  for (const auto& [job, at] : absent_jobs_)
    consider(at);
  if (phase_ == phase::unconnected)
    consider(retry_at_);
  if (phase_ == phase::registering) {
    consider(retry_at_);
    consider(heard_at_ + master_timeout_);
  }
  if (phase_ == phase::registered) {
    consider(heartbeat_at_);
    consider(heard_at_ + master_timeout_);
    for (std::uint32_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].at == worker_slots::state::offered && !slots_[i].releasing)
        consider(slots_[i].offer_again_at);
  }
  return first;
}

void worker_core::send_heartbeat() {
  heartbeat_at_ = now_ + heartbeat_interval_;
  heartbeat beat{session_, resident_memory_, network_memory_used_, {}};
  for (const auto& [id, attempt] : attempts_)
    beat.tasks.push_back({id, attempt.state, attempt.metrics, {}});
  add_measurements(beat.tasks);
  tell(std::move(beat));
}

void worker_core::add_measurements(std::vector<task_report>& tasks) {
  // Those that find no room come with the next heartbeat: it begins behind the last one that did.
  auto first = std::ranges::upper_bound(tasks, last_measured_, {}, &task_report::attempt) - tasks.begin();
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    task_report& report = tasks[(static_cast<std::size_t>(first) + i) % tasks.size()];
    running_attempt& attempt = attempts_.at(report.attempt);
    if (!attempt.measured_anew || !attempt.measurements)
      continue;
    size += wire_size(*attempt.measurements);
    if (size > settings_.measurements_max_size && size != wire_size(*attempt.measurements))
      return;
    report.measurements = attempt.measurements;
    attempt.measured_anew = false;
    last_measured_ = report.attempt;
  }
}

} // namespace weir
