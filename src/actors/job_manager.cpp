#include "actors/job_manager.hpp"

#include <caf/send.hpp>

namespace weir::actors {

job_manager::job_manager(caf::actor_config& config, platform& environment, const job_record& job,
                         const job_settings& settings, job_manager_peers peers)
    : caf::event_based_actor{config},
      platform_{environment},
      core_{job.id, job.spec, job.graph, settings, environment.clock().wall_ms()},
      peers_{std::move(peers)} {}

caf::behavior job_manager::make_behavior() {
  return {
      [this](const begin_job&) { perform(core_.start(wall_ms())); },

      [this](const offer& message) { perform(core_.on_offer(message, wall_ms())); },
      [this](const update& message) { perform(core_.on_update(message, wall_ms())); },
      [this](const allocation_gone& message) { perform(core_.on_allocation_gone(message, wall_ms())); },

      [this](const worker_introduced& message) { core_.on_introduced(message); },
      [this](const session_lost& message) { perform(core_.on_lost(message, wall_ms())); },
      [this](const slots_missing& message) { core_.on_missing(message); },
      [this](const slot_request_failed& message) { perform(core_.on_request_failed(message, wall_ms())); },
      [this](const tasks_reported& message) { core_.on_reported(message); },

      [this](const cancel_running_job&) { perform(core_.on_cancel(wall_ms())); },
      [this](const confirm_end&) { perform(core_.on_stored()); },
      [this](const describe_job& wish) { wish.call->answer(core_.details()); },
      [this](const job_unbound&) { quit(); },
  };
}

void job_manager::on_exit() {
  peers_ = {};
}

void job_manager::perform(job_manager_core::actions actions) {
  for (job_action& action : actions) {
    std::visit(
        [&]<class Action>(Action&& each) {
          using type = std::remove_cvref_t<Action>;
          if constexpr (std::is_same_v<type, send_to_worker>) {
            send(peers_.router, std::move(each));
          } else if constexpr (std::is_same_v<type, slots_needed>) {
            send(peers_.resource_manager, std::move(each));
          } else if constexpr (std::is_same_v<type, store_end>) {
            send(peers_.dispatcher, std::move(each));
          } else if constexpr (std::is_same_v<type, job_done>) {
            unbind_job binding{core_.summary().id};
            send(peers_.resource_manager, binding);
            send(peers_.router, binding); // answers with job_unbound
          }
          // The others are of checkpoints, for which the settings of this job have no interval.
        },
        std::move(action));
  }
  send(peers_.dispatcher, job_changed{core_.summary()});
}

} // namespace weir::actors
