#include "task/subtask.hpp"

#include <algorithm>
#include <utility>

/// The checkpoint side of a subtask: what the coordinator says is noted, and handled between two batches.
namespace weir {

void subtask::on_trigger(const trigger_checkpoint& trigger) {
  notices_.emplace_back([trigger](task_checkpoints& to) { return to.on_trigger(trigger); });
}

void subtask::on_checkpoint_completed(checkpoint_id checkpoint) {
  newest_completed_ = std::max(newest_completed_, checkpoint);
  notices_.emplace_back([checkpoint](task_checkpoints& to) { return to.on_completed(checkpoint); });
}

void subtask::on_checkpoint_aborted(checkpoint_id checkpoint) {
  notices_.emplace_back([checkpoint](task_checkpoints& to) { return to.on_aborted(checkpoint); });
}

void subtask::on_snapshot_written(checkpoint_id checkpoint, result<snapshot_handle> written) {
  notices_.emplace_back([checkpoint, written = std::move(written)](task_checkpoints& to) -> result<void> {
    to.on_written(checkpoint, written);
    return {};
  });
}

result<void> subtask::discard() {
  if (!checkpoints_)
    return {};
  if (failure_)
    return std::ranges::any_of(setup_.graph->vertices[setup_.attempt.vertex].operators, &is_committing)
               ? error{errc::failed, *failure_}
               : result<void>{};
  // Its notice may not have been handled.
  if (auto committed = checkpoints_->on_completed(newest_completed_); !committed)
    return committed;
  return chain_->discard();
}

void subtask::handle_notices() {
  // In the middle of a drain part of a state has gone out, and the state does not say which.
  while (!notices_.empty() && checkpoints_ && !failure_ && !chain_->draining()) {
    auto notice = std::move(notices_.front());
    notices_.pop_front();
    if (auto handled = tell_checkpoints(notice); !handled)
      fail(handled.failure().message());
  }
}

result<void> subtask::tell_checkpoints(const std::function<result<void>(task_checkpoints&)>& notice) {
  if (chain_->ended())
    checkpoints_->on_data_ended();
  auto handled = notice(*checkpoints_);
  if (checkpoints_->take_released())
    read_released();
  return handled;
}

void subtask::end_outputs() {
  if (!checkpoints_ || outputs_ended_)
    return;
  if (chain_->ended())
    checkpoints_->on_data_ended();
  if (!checkpoints_->may_finish())
    return;
  outputs_ended_ = true;
  for (auto& partition : partitions_)
    partition->end_channels();
}

} // namespace weir
