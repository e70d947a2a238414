#pragma once

#include "actors/checkpoint_storage.hpp"
#include "actors/master_messages.hpp"

#include <caf/event_based_actor.hpp>

namespace weir::actors {

/// Removes the checkpoints of a job that is FINISHED, and ends then. For a job of a master before this one,
/// which may have ended between the job and its checkpoints.
class checkpoint_cleaner final : public caf::event_based_actor {
public:
  checkpoint_cleaner(caf::actor_config& config, platform& environment, checkpoint_storage::settings of);

  caf::behavior make_behavior() override;
  const char* name() const override { return "checkpoint_cleaner"; }

private:
  end_checkpoints wanted_;
  checkpoint_storage storage_;
};

} // namespace weir::actors
