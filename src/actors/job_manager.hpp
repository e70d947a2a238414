#pragma once

#include "actors/master_messages.hpp"
#include "base/platform.hpp"

#include <caf/event_based_actor.hpp>

namespace weir::actors {

/// Who a job manager speaks with.
struct job_manager_peers {
  caf::actor router;
  caf::actor resource_manager;
  caf::actor dispatcher;
};

/// Leads one job: job_manager_core decides. Ends when the job's end is stored and its slots are returned.
class job_manager : public caf::event_based_actor {
public:
  job_manager(caf::actor_config& config, platform& environment, const job_record& job,
              const job_settings& settings, job_manager_peers peers);

  caf::behavior make_behavior() override;
  const char* name() const override { return "job_manager"; }
  void on_exit() override;

private:
  void perform(job_manager_core::actions actions);
  [[nodiscard]] std::int64_t wall_ms() { return platform_.clock().wall_ms(); }

  platform& platform_;
  job_manager_core core_;
  job_manager_peers peers_;
};

} // namespace weir::actors
