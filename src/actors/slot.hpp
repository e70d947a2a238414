#pragma once

#include "actors/task.hpp"
#include "actors/task_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <map>
#include <memory>

namespace weir::actors {

/// One slot of a worker: starts the tasks of one job that share it, and tells the task manager how they end,
/// also when one dies without a word.
class slot : public caf::event_based_actor {
public:
  slot(caf::actor_config& config, std::shared_ptr<task_surroundings> surroundings, caf::actor task_manager);

  caf::behavior make_behavior() override;
  const char* name() const override { return "slot"; }
  void on_exit() override;

private:
  struct running_task {
    attempt_id attempt;
    caf::actor actor;
    std::shared_ptr<std::atomic<bool>> canceled;
  };

  void start(start_task& message);

  std::shared_ptr<task_surroundings> around_;
  caf::actor task_manager_;
  std::map<caf::actor_addr, running_task> tasks_;
};

} // namespace weir::actors
