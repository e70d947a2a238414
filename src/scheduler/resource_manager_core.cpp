#include "scheduler/resource_manager_core.hpp"

#include "base/log.hpp"
#include "base/option.hpp"

#include <algorithm>

namespace weir {

namespace {

/// How long a process that left is remembered, in heartbeat timeouts. It resets before it speaks again (W2),
/// so that one would do; the rest is margin for copies of a register that are still on their way.
constexpr int remembered_timeouts = 10;

} // namespace

resource_manager_core::resource_manager_core(const resource_settings& settings)
    : settings_{settings},
      detector_{settings.heartbeat_timeout},
      pool_{settings.epoch, settings.spread_evenly},
      // Within a heartbeat timeout what a failed job returns is back, or its worker is given up.
      requests_{settings.slot_request_timeout, settings.heartbeat_timeout} {}

resource_manager_core::actions resource_manager_core::on_register(const register_worker& message,
                                                                  time_point now, std::int64_t wall_ms) {
  actions out;
  const session_id& session = message.session;
  if (!is_current(session)) {
    auto known = workers_.find(session.worker);
    bool seen = known != workers_.end() && session.registration <= known->second.highest_registration;
    if (session.epoch != settings_.epoch || seen) {
      out.emplace_back(send_to_worker{session.worker, unknown_session{session}});
      return out;
    }
    for (auto& [incarnation, other] : workers_) {
      if (!other.present)
        continue;
      if (incarnation == session.worker)
        lose(other, "it registered anew", out);
      else if (other.status.data_address == message.data_address)
        lose(other, "another process has its address now", out);
    }
    worker& taken = workers_[session.worker];
    taken.highest_registration = session.registration;
    taken.present = true;
    taken.forget_after.reset();
    taken.status = {.id = worker_name(message.data_address, session.worker),
                    .session = session,
                    .data_address = message.data_address,
                    .cpu_cores = message.cpu_cores,
                    .physical_memory = message.physical_memory,
                    .process_id = message.process_id,
                    .last_heartbeat_wall_ms = wall_ms};
    detector_.watch(session, now);
    pool_.add(session, message.slots);
    log::scheduler.info("worker registered",
                        {{"worker", taken.status.id}, {"session", session}, {"slots", message.slots.size()}});
  }
  out.emplace_back(send_to_worker{
      session.worker,
      registered{.session = session,
                 .heartbeat_interval_ms = static_cast<std::uint32_t>(settings_.heartbeat_interval.count()),
                 .heartbeat_timeout_ms = static_cast<std::uint32_t>(settings_.heartbeat_timeout.count())}});
  allocate_waiting(now, out);
  return out;
}

resource_manager_core::actions resource_manager_core::on_heartbeat(const heartbeat& message, time_point now,
                                                                   std::int64_t wall_ms) {
  actions out;
  if (!detector_.heard(message.session, now)) {
    out.emplace_back(send_to_worker{message.session.worker, unknown_session{message.session}});
    return out;
  }
  worker_status& status = workers_.find(message.session.worker)->second.status;
  status.resident_memory = message.resident_memory;
  status.network_memory_used = message.network_memory_used;
  status.last_heartbeat_wall_ms = wall_ms;
  status.tasks = message.tasks;
  out.emplace_back(send_to_worker{message.session.worker, heartbeat_ack{message.session}});

  std::map<job_id, std::vector<task_report>> by_job;
  for (const task_report& task : message.tasks)
    by_job[task.attempt.job].push_back(task);
  for (auto& [job, tasks] : by_job)
    out.emplace_back(tasks_reported{job, message.session, std::move(tasks)});
  return out;
}

resource_manager_core::actions resource_manager_core::on_freed(const freed& message, time_point now) {
  actions out;
  // The pool has the slots of present sessions alone.
  if (pool_.give_back(message.session, message.slot, message.allocation))
    allocate_waiting(now, out);
  return out;
}

resource_manager_core::actions
resource_manager_core::on_disconnected(const incarnation_id& id, const std::string& reason, time_point now) {
  actions out;
  auto known = workers_.find(id);
  if (known == workers_.end())
    return out;
  if (known->second.present)
    lose(known->second, reason, out);
  known->second.forget_after = now + remembered_timeouts * settings_.heartbeat_timeout;
  allocate_waiting(now, out);
  return out;
}

resource_manager_core::actions resource_manager_core::on_need(const job_id& job, std::uint32_t count,
                                                              const std::optional<session_id>& handled,
                                                              time_point now, slot_preference preferred) {
  actions out;
  // One step: between the two the job would be given slots that it does not want any more.
  requests_.set_need(job, count, std::move(preferred));
  if (handled)
    requests_.loss_handled(job, *handled);
  allocate_waiting(now, out);
  return out;
}

resource_manager_core::actions resource_manager_core::on_abandoned(const job_id& job, time_point now) {
  actions out;
  requests_.set_need(job, 0);
  for (const session_id& session : pool_.sessions_of(job)) {
    lose(workers_.find(session.worker)->second, "a job ended without giving its slots back", out);
    out.emplace_back(send_to_worker{session.worker, unknown_session{session}});
  }
  allocate_waiting(now, out);
  return out;
}

resource_manager_core::actions resource_manager_core::on_tick(time_point now) {
  actions out;
  for (const session_id& session : detector_.lost(now))
    lose(workers_.find(session.worker)->second, "no heartbeat for " + to_text(settings_.heartbeat_timeout),
         out);
  for (const auto& failed : requests_.overdue(pool_, now)) {
    out.emplace_back(slot_request_failed{
        failed.job,
        std::to_string(failed.missing) + " of " + std::to_string(failed.needed) + " slots are missing for " +
            to_text(requests_.timeout()) +
            " (slot.request.timeout): start more workers, give them more slots or lower the parallelism"});
  }
  allocate_waiting(now, out);
  forget_lost_workers(now);
  return out;
}

std::vector<worker_status> resource_manager_core::workers() const {
  std::vector<worker_status> list;
  for (const auto& [incarnation, worker] : workers_) {
    if (!worker.present)
      continue;
    list.push_back(worker.status);
    list.back().slots = pool_.slots_of(worker.status.session);
  }
  std::ranges::sort(list, {}, &worker_status::id);
  return list;
}

bool resource_manager_core::is_current(const session_id& session) const {
  auto known = workers_.find(session.worker);
  return known != workers_.end() && known->second.present && known->second.status.session == session;
}

void resource_manager_core::lose(worker& lost, const std::string& why, actions& out) {
  const session_id session = lost.status.session;
  lost.present = false;
  detector_.forget(session);
  log::scheduler.warn("worker lost", {{"worker", lost.status.id}, {"session", session}, {"why", why}});
  for (const auto& [job, slots] : pool_.remove(session)) {
    requests_.add_loss(job, session, slots);
    out.emplace_back(session_lost{job, session, "worker " + lost.status.id + " was lost: " + why});
  }
}

void resource_manager_core::allocate_waiting(time_point now, actions& out) {
  auto [grants, shortages] = requests_.match(pool_, now);
  for (const auto& [job, slots] : grants) {
    for (const slot_grant& grant : slots) {
      const worker_status& status = workers_.find(grant.session.worker)->second.status;
      out.emplace_back(worker_introduced{job, grant.session, status.id, status.data_address});
      out.emplace_back(send_to_worker{grant.session.worker, allocate{.session = grant.session,
                                                                     .slot = grant.slot,
                                                                     .allocation = grant.allocation,
                                                                     .job = job}});
    }
  }
  for (const auto& [job, missing, needed] : shortages)
    out.emplace_back(slots_missing{job, missing, needed});
}

void resource_manager_core::forget_lost_workers(time_point now) {
  std::erase_if(workers_, [&](const auto& entry) {
    return entry.second.forget_after && now >= *entry.second.forget_after;
  });
}

} // namespace weir
