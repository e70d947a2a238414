#pragma once

#include "wire/checkpoint_messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace weir {

/// What a barrier says.
struct barrier {
  checkpoint_id checkpoint = 0;
  checkpoint_id base =
      0; ///< completed before; the snapshot may be of what changed since. 0: it is to be full
  bool operator==(const barrier&) const = default;
};

/// Brings the barriers of a subtask's inputs together (protocol-checkpoint, rule 1.4).
///
///     channel 0  ──r──r──▌1──r──▶ blocked from its barrier on …
///     channel 1  ──r──r──r──r──▌1──▶ … until the last one comes: then the snapshot is taken
///
/// What is read before the snapshot is in it, and what comes behind a barrier is not: so a channel whose
/// barrier has come is not read until the others' have. A channel that has ended has nothing behind a barrier
/// to come. In the mode at_least_once no channel waits, and records behind a barrier may be in the snapshot
/// as well.
///
/// Barriers come late, of checkpoints that were given up, and not at all. Ids only grow on a channel. Sources
/// of the task count as one more channel, whose barrier is the trigger.
class barrier_aligner {
public:
  enum class mode : std::uint8_t { exactly_once, at_least_once };

  barrier_aligner(std::uint32_t channels, mode how) : channels_(channels), mode_{how} {}

  /// A barrier came on a channel that is not blocked. Returns the barrier of the snapshot that is to be taken
  /// now, if there is one; all channels may be read again then.
  std::optional<barrier> on_barrier(std::uint32_t channel, const barrier& came);

  /// Nothing more will come on the channel. The same.
  std::optional<barrier> on_end(std::uint32_t channel);

  /// Nothing will come of the checkpoint: its barriers, also later ones, mean nothing.
  void on_aborted(checkpoint_id checkpoint);

  [[nodiscard]] bool is_blocked(std::uint32_t channel) const { return channels_[channel].blocked; }
  /// True once after channels have become free.
  bool take_released() { return std::exchange(released_, false); }

  /// The snapshot that is waited for; 0: none.
  [[nodiscard]] checkpoint_id aligning() const {
    return alignments_.empty() ? 0 : alignments_.begin()->first;
  }

private:
  struct channel_state {
    bool ended = false;
    bool blocked = false;
  };
  struct alignment {
    barrier of;
    std::set<std::uint32_t> reached;
  };

  std::optional<barrier> complete();
  void release();

  std::vector<channel_state> channels_;
  mode mode_;
  std::map<checkpoint_id, alignment> alignments_; ///< at most one in exactly_once
  checkpoint_id snapshotted_ = 0;                 ///< the highest
  std::set<checkpoint_id> aborted_;               ///< above it
  bool released_ = false;
};

} // namespace weir
