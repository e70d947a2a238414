#pragma once

#include "actors/connector.hpp"
#include "actors/master_messages.hpp"
#include "base/platform.hpp"

#include <caf/event_based_actor.hpp>

#include <map>

namespace weir::actors {

/// Who is a worker of this cluster and which job gets its slots: resource_manager_core decides.
class resource_manager : public caf::event_based_actor {
public:
  resource_manager(caf::actor_config& config, platform& environment, const resource_settings& settings,
                   caf::actor router);

  caf::behavior make_behavior() override;
  const char* name() const override { return "resource_manager"; }
  void on_exit() override;

private:
  void perform(resource_manager_core::actions actions);
  void tick_later();

  platform& platform_;
  std::chrono::milliseconds tick_interval_;
  resource_manager_core core_;
  caf::actor router_;
  std::map<job_id, caf::actor> job_managers_;
};

} // namespace weir::actors
