#pragma once

#include "actors/checkpoint_storage.hpp"
#include "actors/master_messages.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>

namespace weir::actors {

/// Removes what a job has left of its checkpoints, says checkpoints_gone to the dispatcher and ends. For a
/// job of a master before this one, which ended between the job and its checkpoints.
class checkpoint_cleaner final : public caf::event_based_actor {
public:
  checkpoint_cleaner(caf::actor_config& config, platform& environment, checkpoint_storage::settings of,
                     bool retained, caf::actor dispatcher);

  caf::behavior make_behavior() override;
  const char* name() const override { return "checkpoint_cleaner"; }
  void on_exit() override { dispatcher_ = {}; }

private:
  end_checkpoints wanted_;
  caf::actor dispatcher_;
  checkpoint_storage storage_;
};

} // namespace weir::actors
