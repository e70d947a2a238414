#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "exchange/barrier_aligner.hpp"
#include "exchange/result_partition.hpp"
#include "operators/operator_chain.hpp"
#include "task/checkpoint_transport.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace weir {

/// A subtask's part in checkpoints (protocol-checkpoint, rules 1.3 and 1.4): barriers are aligned, the states
/// of the chain frozen and written, and the task acknowledges. With checkpoints a task does not finish at the
/// end of its data, but once a checkpoint that has this end is complete: so what its sinks hold is committed.
///
///     data … ─▶ end of data ─▶ snapshot n ─▶ n is complete, all inputs have ended ─▶ the outputs end
class task_checkpoints {
public:
  /// What it works on, which outlives it.
  struct surroundings {
    operator_chain& chain;
    const std::vector<std::unique_ptr<result_partition>>& partitions;
    checkpoint_transport& transport;
    weir::platform& platform;
    snapshot_head like; ///< who writes: without number, parent and states
    bool incremental;   ///< a checkpoint may have a base
  };

  task_checkpoints(surroundings around, std::uint32_t channels, barrier_aligner::mode mode);

  /// A source of the chain is to send barriers.
  result<void> on_trigger(const trigger_checkpoint& trigger);
  /// Requires that the channel is not blocked.
  result<void> on_barrier(std::uint32_t channel, const barrier& came);
  /// Not even a barrier will come on the channel.
  result<void> on_channel_ended(std::uint32_t channel);

  result<void> on_completed(checkpoint_id checkpoint);
  result<void> on_aborted(checkpoint_id checkpoint);
  void on_written(checkpoint_id checkpoint, const result<snapshot_handle>& written);

  /// All records and results of the chain have gone to the outputs. Idempotent.
  void on_data_ended();

  [[nodiscard]] bool is_blocked(std::uint32_t channel) const { return aligner_.is_blocked(channel); }
  [[nodiscard]] bool sources_blocked() const { return aligner_.is_blocked(sources_); }
  /// True once after something is no longer blocked.
  bool take_released() { return aligner_.take_released(); }

  /// The outputs may end: nothing is left to be committed, and nothing comes any more.
  [[nodiscard]] bool may_finish() const { return final_ && open_channels_ == 0 && around_.chain.committed(); }

private:
  struct write {
    checkpoint_id checkpoint = 0;
    checkpoint_timings timings;
    time_point begun{};
    bool aborted = false;
  };

  void note_first_barrier();
  void tell_end();
  result<void> take(const std::optional<barrier>& due);
  [[nodiscard]] std::uint64_t ms_since(time_point then) const;

  surroundings around_;
  std::uint32_t sources_; ///< their channel
  std::uint32_t open_channels_;
  barrier_aligner aligner_;
  std::uint64_t start_delay_ms_ = 0;
  std::optional<time_point> aligning_since_;
  std::optional<write> writing_;
  std::set<checkpoint_id> acknowledged_; ///< and neither completed nor aborted
  /// The newest of this attempt's own. Not the one its states were restored from: since that one they have
  /// not noted what was removed.
  checkpoint_id completed_ = 0;
  bool data_ended_ = false;
  bool end_told_ = false;
  /// The first that was taken after the end of the data; so have all after it, also when it was aborted.
  std::optional<checkpoint_id> has_end_;
  bool final_ = false;
};

} // namespace weir
