#include "actors/resource_manager.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

namespace weir::actors {

namespace {

using tick_atom = caf::atom_constant<caf::atom("tick")>;

} // namespace

resource_manager::resource_manager(caf::actor_config& config, platform& environment,
                                   const resource_settings& settings, caf::actor router)
    : caf::event_based_actor{config},
      platform_{environment},
      tick_interval_{settings.heartbeat_interval},
      core_{settings},
      router_{std::move(router)} {}

caf::behavior resource_manager::make_behavior() {
  tick_later();
  return {
      [this](const register_worker& message) {
        perform(core_.on_register(message, clock().now(), platform_.clock().wall_ms()));
      },
      [this](const heartbeat& message) {
        perform(core_.on_heartbeat(message, clock().now(), platform_.clock().wall_ms()));
      },
      [this](const freed& message) { perform(core_.on_freed(message, clock().now())); },
      [this](const peer_down& down) {
        perform(core_.on_disconnected(down.peer, down.reason, clock().now()));
      },
      [this](const slots_needed& wish) {
        perform(core_.on_need(wish.job, wish.count, wish.handled, clock().now(), wish.preferred));
      },
      [this](const bind_job& binding) { job_managers_[binding.job] = binding.manager; },
      [this](const unbind_job& binding) { job_managers_.erase(binding.job); },
      [this](const job_abandoned& of) {
        job_managers_.erase(of.job);
        perform(core_.on_abandoned(of.job, clock().now()));
      },
      [this](const list_workers& wish) { wish.call->answer(core_.workers()); },
      [this](tick_atom) {
        perform(core_.on_tick(clock().now()));
        tick_later();
      },
  };
}

void resource_manager::on_exit() {
  router_ = nullptr;
  job_managers_.clear();
}

void resource_manager::perform(resource_manager_core::actions actions) {
  for (resource_action& action : actions) {
    std::visit(
        [&]<class Action>(Action&& each) {
          if constexpr (std::is_same_v<std::remove_cvref_t<Action>, send_to_worker>) {
            send(router_, std::move(each));
          } else if (auto manager = job_managers_.find(each.job); manager != job_managers_.end()) {
            send(manager->second, std::move(each));
          }
        },
        std::move(action));
  }
}

void resource_manager::tick_later() {
  delayed_send(this, tick_interval_, tick_atom::value);
}

} // namespace weir::actors
