#include "task/task_checkpoints.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

bool is_empty(const std::vector<operator_state_cut>& cuts) {
  return std::ranges::all_of(cuts, [](const operator_state_cut& cut) {
    return cut.keyed_states.empty() &&
           std::ranges::all_of(cut.operator_states, [](const auto& state) { return state.elements.empty(); });
  });
}

} // namespace

task_checkpoints::task_checkpoints(surroundings around, std::uint32_t channels, barrier_aligner::mode mode)
    : around_{std::move(around)},
      sources_{channels},
      open_channels_{channels},
      // Without sources the last channel is one that never has a barrier to wait for.
      aligner_{channels + 1, mode} {
  if (around_.chain.sources() == 0)
    (void)aligner_.on_end(sources_);
}

result<void> task_checkpoints::on_trigger(const trigger_checkpoint& trigger) {
  if (around_.chain.sources() == 0)
    return {};
  note_first_barrier();
  start_delay_ms_ = static_cast<std::uint64_t>(
      std::max<std::int64_t>(around_.platform.clock().wall_ms() - trigger.triggered_wall_ms, 0));
  return take(aligner_.on_barrier(sources_, {trigger.checkpoint, trigger.base}));
}

result<void> task_checkpoints::on_barrier(std::uint32_t channel, const barrier& came) {
  note_first_barrier();
  return take(aligner_.on_barrier(channel, came));
}

result<void> task_checkpoints::on_channel_ended(std::uint32_t channel) {
  --open_channels_;
  return take(aligner_.on_end(channel));
}

void task_checkpoints::note_first_barrier() {
  if (aligner_.aligning() == 0)
    aligning_since_ = around_.platform.clock().now();
}

std::uint64_t task_checkpoints::ms_since(time_point then) const {
  auto passed = around_.platform.clock().now() - then;
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
}

result<void> task_checkpoints::take(const std::optional<barrier>& due) {
  if (!due)
    return {};
  // That it is the base says that it was completed: the notice may be behind on its way.
  if (due->base > completed_)
    if (auto told = on_completed(due->base); !told)
      return told;
  time_point begun = around_.platform.clock().now();
  checkpoint_timings timings{.start_delay_ms = std::exchange(start_delay_ms_, 0),
                             .alignment_ms = aligning_since_ ? ms_since(*aligning_since_) : 0};
  aligning_since_.reset();

  auto forward = [&] {
    for (const auto& partition : around_.partitions)
      partition->send_barrier(*due);
  };
  if (writing_) {
    if (auto flushed = around_.chain.flush(); !flushed)
      return flushed;
    forward();
    around_.transport.decline(due->checkpoint, "the snapshot of checkpoint " +
                                                   std::to_string(writing_->checkpoint) +
                                                   " is still being written");
    return {};
  }

  bool of_changes = due->base != 0 && completed_ >= due->base;
  auto cuts = around_.chain.freeze(due->checkpoint, of_changes            ? detail::cut_kind::changes
                                                    : around_.incremental ? detail::cut_kind::full
                                                                          : detail::cut_kind::standalone);
  if (!cuts)
    return cuts.failure().wrap("cannot take the snapshot of checkpoint " + std::to_string(due->checkpoint));
  forward();
  if (data_ended_ && !has_end_)
    has_end_ = due->checkpoint;
  timings.sync_ms = ms_since(begun);
  if (is_empty(*cuts)) {
    acknowledged_.insert(due->checkpoint);
    around_.transport.acknowledge(due->checkpoint, {}, timings);
    return {};
  }
  snapshot_head head = around_.like;
  head.number = due->checkpoint;
  head.parent = of_changes ? completed_ : 0;
  writing_ = {due->checkpoint, timings, around_.platform.clock().now()};
  around_.transport.write_snapshot(due->checkpoint, std::move(head), std::move(*cuts));
  return {};
}

void task_checkpoints::on_written(checkpoint_id checkpoint, const result<snapshot_handle>& written) {
  if (!writing_ || writing_->checkpoint != checkpoint)
    return;
  write done = *std::exchange(writing_, std::nullopt);
  if (written && !done.aborted) {
    done.timings.async_ms = ms_since(done.begun);
    acknowledged_.insert(checkpoint);
    around_.transport.acknowledge(checkpoint, *written, done.timings);
  } else {
    around_.chain.abandon(checkpoint);
    if (written)
      around_.transport.discard_snapshot(*written);
    else if (!done.aborted)
      around_.transport.decline(checkpoint, written.failure().message());
  }
  tell_end();
}

void task_checkpoints::on_data_ended() {
  data_ended_ = true;
  tell_end();
}

/// Behind the acknowledgement of what was frozen before the end: the coordinator takes the checkpoints that
/// are not acknowledged then for those that have it.
void task_checkpoints::tell_end() {
  bool is_on_its_way = has_end_ && acknowledged_.lower_bound(*has_end_) != acknowledged_.end();
  if (!data_ended_ || end_told_ || writing_ || is_on_its_way || around_.chain.sources() == 0)
    return;
  end_told_ = true;
  around_.transport.end_data();
}

result<void> task_checkpoints::on_completed(checkpoint_id checkpoint) {
  if (checkpoint <= completed_ || !acknowledged_.contains(checkpoint))
    return {};
  completed_ = checkpoint;
  acknowledged_.erase(acknowledged_.begin(), acknowledged_.upper_bound(checkpoint));
  if (auto told = around_.chain.notify_completed(checkpoint); !told)
    return told.failure().wrap("cannot commit checkpoint " + std::to_string(checkpoint));
  final_ = final_ || (has_end_ && checkpoint >= *has_end_);
  return {};
}

result<void> task_checkpoints::on_aborted(checkpoint_id checkpoint) {
  aligner_.on_aborted(checkpoint);
  if (writing_ && writing_->checkpoint == checkpoint) {
    writing_->aborted = true;
    return {};
  }
  if (acknowledged_.erase(checkpoint) == 0)
    return {};
  tell_end();
  return around_.chain.notify_aborted(checkpoint);
}

} // namespace weir
