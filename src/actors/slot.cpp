#include "actors/slot.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace weir::actors {

slot::slot(caf::actor_config& config, std::shared_ptr<task_surroundings> surroundings,
           caf::actor task_manager)
    : caf::event_based_actor{config},
      around_{std::move(surroundings)},
      task_manager_{std::move(task_manager)} {}

caf::behavior slot::make_behavior() {
  set_down_handler([this](const caf::down_msg& down) {
    auto died = tasks_.extract(down.source);
    if (!died.empty()) // else it said how it ended
      send(task_manager_,
           task_changed{died.mapped().attempt, task_state::failed, {.cause = "the task's actor died"}});
  });
  return {
      [this](start_task& message) { start(message); },
      [this](task_changed& message) {
        if (is_terminal(message.state))
          std::erase_if(tasks_, [&](const auto& each) { return each.second.attempt == message.attempt; });
        send(task_manager_, std::move(message));
      },
      [this](checkpoint_answer& message) { send(task_manager_, std::move(message)); },
  };
}

void slot::start(start_task& message) {
  auto attempt = message.setup.attempt;
  auto self = caf::actor_cast<caf::actor>(this);
  auto started = around_->detached ? spawn<task, caf::detached>(around_, std::move(message), self)
                                   : spawn<task>(around_, std::move(message), self);
  monitor(started);
  auto canceled = static_cast<task*>(caf::actor_cast<caf::abstract_actor*>(started))->canceled();
  tasks_[started.address()] = {attempt, started, canceled};
  send(task_manager_, task_started{attempt, started, canceled});
}

void slot::on_exit() {
  for (const auto& [address, each] : tasks_) {
    each.canceled->store(true);
    caf::anon_send_exit(each.actor, caf::exit_reason::user_shutdown);
  }
  tasks_.clear();
  task_manager_ = nullptr;
  around_ = nullptr;
}

} // namespace weir::actors
