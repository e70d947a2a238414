// What a task manager does when its cores say so.
#include "actors/task_manager.hpp"

#include "base/log.hpp"
#include "wire/control_codec.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace weir::actors {

void task_manager::perform(worker_core::actions actions) {
  for (auto& action : actions)
    std::visit([this](auto& each) { act(each); }, action);
  tick_later();
}

void task_manager::perform(worker_peers::actions actions) {
  for (auto& action : actions)
    std::visit([this](auto& each) { act(each); }, action);
  tick_later();
}

void task_manager::act(const dial_master&) {
  send(network_.actor, dial{settings_.master, {}});
}

void task_manager::act(const drop_master& action) {
  log::actors.warn("master dropped", {{"why", action.reason}});
  if (master_)
    send(network_.actor, close_peer{*master_, action.reason});
}

void task_manager::act(const send_to_master& action) {
  if (master_)
    send_to(*master_, action.message);
}

void task_manager::act(load_code& action) {
  const auto& id = action.deployment.attempt;
  log::actors.info("task deployed",
                   {{"job", id.job}, {"vertex", id.vertex}, {"subtask", id.subtask}, {"attempt", id}});
  send(library_cache_, want_code{id, action.deployment.job});
  deployments_[id] = {std::move(action.deployment), {}};
}

void task_manager::act(const run_task& action) {
  auto& here = deployments_.at(action.attempt);
  subtask_setup setup{.attempt = action.attempt,
                      .graph = here.code->graph,
                      .code = here.code->code,
                      .producers = std::move(here.message.producers),
                      .consumers = std::move(here.message.consumers),
                      .options = options_for(here),
                      .alignment = alignment_,
                      .restored = std::move(here.message.restored),
                      .finalizes = here.message.finalizes};
  if (here.message.checkpoints && !setup.finalizes)
    around_->copies->on_restored(action.attempt.job, setup.restored.checkpoint);
  tasks_[action.attempt]; // from now on it can be stopped
  send(slots_.at(here.message.slot), start_task{std::move(setup), std::move(here.message.checkpoints)});
}

void task_manager::act(const cancel_task& action) {
  if (auto here = tasks_.find(action.attempt); here != tasks_.end())
    stop(here->second, stop_task{action.job_ends});
}

void task_manager::act(const notify_task& action) {
  if (auto* completed = std::get_if<checkpoint_completed>(&action.notice))
    around_->copies->on_completed(action.attempt.job, completed->checkpoint);
  else if (auto* aborted = std::get_if<checkpoint_aborted>(&action.notice))
    around_->copies->on_aborted(action.attempt.job, aborted->checkpoint);
  if (auto here = tasks_.find(action.attempt); here != tasks_.end() && here->second.actor)
    send(here->second.actor, action);
}

void task_manager::act(const session_over& action) {
  log::actors.warn("session over", {{"session", action.session}, {"why", action.reason}});
  deployments_.clear();
  send(library_cache_, forget_wishes{});
}

void task_manager::act(const session_begun& action) {
  log::actors.info("registered", {{"session", action.session}, {"slots", slots_.size()}});
  if (settings_.registered)
    settings_.registered();
}

void task_manager::act(const forget_job& action) {
  around_->copies->forget(action.job);
}

void task_manager::act(const exit_process& action) {
  log::actors.error("the process must end", {{"why", action.reason}});
  exit_process_(action.reason);
}

void task_manager::act(const dial_peer& action) {
  send(network_.actor, dial{action.address, action.peer});
}

void task_manager::act(const send_to_peer& action) {
  send_to(action.peer, action.message);
}

void task_manager::act(const drop_peer& action) {
  log::actors.warn("worker dropped", {{"peer", action.peer}, {"why", action.reason}});
  send(network_.actor, close_peer{action.peer, action.reason});
}

void task_manager::act(const peer_lost& action) {
  if (auto here = tasks_.find(action.task); here != tasks_.end() && here->second.actor)
    send(here->second.actor, peer_broken{action.peer, action.reason});
}

void task_manager::send_to(const incarnation_id& node, const control_message& message) {
  send(network_.actor, send_control{node, encode(message)});
}

subtask_options task_manager::options_for(const deployment& of) const {
  auto options = settings_.subtasks;
  // The slot's memory is for one subtask of each vertex in its sharing group.
  const auto& vertices = of.code->graph->vertices;
  auto vertex = of.message.attempt.vertex;
  if (vertex >= vertices.size())
    return options; // the subtask will say so
  const std::string& group = vertices[vertex].slot_sharing_group;
  auto sharing = std::ranges::count(vertices, group, &job_vertex::slot_sharing_group);
  const resource_profile& slot = settings_.core.slots.at(of.message.slot);
  options.network_memory = slot.network_memory / static_cast<std::uint64_t>(sharing);
  options.state.memory_per_operator = slot.managed_memory / keyed_operators(*of.code->graph, group);
  return options;
}

} // namespace weir::actors
