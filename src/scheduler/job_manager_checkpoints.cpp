#include "scheduler/job_manager_core.hpp"

#include <type_traits>
#include <utility>

/// The checkpoints of a job_manager_core: checkpoint_coordinator decides.
namespace weir {

job_manager_core::actions job_manager_core::on_acknowledged(const acknowledge_checkpoint& message,
                                                            std::int64_t wall_ms) {
  bool is_present = present(message.attempt, message.session) != nullptr;
  return after(checkpoints_.on_acknowledged(message, is_present, wall_ms), wall_ms);
}

job_manager_core::actions job_manager_core::on_declined(const decline_checkpoint& message,
                                                        std::int64_t wall_ms) {
  if (present(message.attempt, message.session) == nullptr)
    return {};
  return after(checkpoints_.on_declined(message, wall_ms), wall_ms);
}

void job_manager_core::on_data_ended(const data_ended& message) {
  if (present(message.attempt, message.session) != nullptr)
    checkpoints_.on_data_ended(message.attempt);
}

job_manager_core::actions job_manager_core::on_checkpoint_wish(std::uint64_t request, bool full,
                                                               std::int64_t wall_ms) {
  return after(checkpoints_.on_request(request, full), wall_ms);
}

void job_manager_core::on_counter_stored(checkpoint_id counter) {
  checkpoints_.on_counter_stored(counter);
}

job_manager_core::actions job_manager_core::on_checkpoint_stored(checkpoint_id id, const std::string& path,
                                                                 std::int64_t wall_ms) {
  return after(checkpoints_.on_stored(id, path, wall_ms), wall_ms);
}

job_manager_core::actions job_manager_core::on_checkpoint_store_failed(checkpoint_id id,
                                                                       const std::string& why,
                                                                       bool may_be_there,
                                                                       std::int64_t wall_ms) {
  return after(checkpoints_.on_store_failed(id, why, may_be_there, wall_ms), wall_ms);
}

job_manager_core::actions job_manager_core::on_checkpoint_removed(checkpoint_id id, std::int64_t wall_ms) {
  return after(checkpoints_.on_removed(id, wall_ms), wall_ms);
}

void job_manager_core::on_checkpoint_removal_failed(checkpoint_id id) {
  checkpoints_.on_removal_failed(id);
}

/// Does what is wanted, and what can go on then.
job_manager_core::actions job_manager_core::after(checkpoint_coordinator::actions wanted,
                                                  std::int64_t wall_ms) {
  actions out;
  perform(std::move(wanted), wall_ms, out);
  tell_need({}, out);
  settle(wall_ms, out);
  return out;
}

void job_manager_core::perform(checkpoint_coordinator::actions wanted, std::int64_t wall_ms, actions& out) {
  for (checkpoint_action& action : wanted)
    std::visit(
        [&]<class Action>(Action& each) {
          if constexpr (std::is_same_v<Action, tell_task>)
            tell(each, out);
          else if constexpr (std::is_same_v<Action, checkpoints_failed>)
            fail({.cause = std::move(each.cause), .wall_ms = wall_ms}, {}, wall_ms, out);
          else
            out.emplace_back(std::move(each));
        },
        action);
}

void job_manager_core::tell(const tell_task& telling, actions& out) {
  // Without a slot its worker is lost, and nobody is there to hear it.
  const slot_grant* slot = slots_.slot_of(telling.attempt);
  if (slot == nullptr)
    return;
  std::visit(
      [&](auto message) {
        message.session = slot->session;
        out.emplace_back(send_to_worker{slot->session.worker, std::move(message)});
      },
      telling.message);
}

void job_manager_core::note_running(std::int64_t wall_ms, actions& out) {
  if (life_.is(job_state::running) && execution_.all_running())
    perform(checkpoints_.on_all_running(), wall_ms, out);
}

} // namespace weir
