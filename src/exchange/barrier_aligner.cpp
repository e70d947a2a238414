#include "exchange/barrier_aligner.hpp"

#include <algorithm>
#include <utility>

namespace weir {

std::optional<barrier> barrier_aligner::on_barrier(std::uint32_t channel, const barrier& came) {
  checkpoint_id id = came.checkpoint;
  if (id <= snapshotted_ || aborted_.contains(id))
    return std::nullopt;
  if (mode_ == mode::exactly_once && !alignments_.empty()) {
    if (id < aligning())
      return std::nullopt;
    if (id > aligning()) { // the older one was given up, and the notice of it is not here yet
      alignments_.clear();
      release();
    }
  }
  alignment& of = alignments_.try_emplace(id, alignment{came, {}}).first->second;
  of.reached.insert(channel);
  if (mode_ == mode::exactly_once)
    channels_[channel].blocked = true;
  return complete();
}

std::optional<barrier> barrier_aligner::on_end(std::uint32_t channel) {
  channels_[channel].ended = true;
  return complete();
}

void barrier_aligner::on_aborted(checkpoint_id checkpoint) {
  if (checkpoint <= snapshotted_)
    return;
  aborted_.insert(checkpoint);
  if (alignments_.erase(checkpoint) > 0 && mode_ == mode::exactly_once)
    release();
}

/// The newest that all channels have reached. Older ones are over with it: their barriers are behind.
std::optional<barrier> barrier_aligner::complete() {
  auto reached_by_all = [&](const alignment& of) {
    for (std::uint32_t channel = 0; channel < channels_.size(); ++channel)
      if (!channels_[channel].ended && !of.reached.contains(channel))
        return false;
    return true;
  };
  for (auto at = alignments_.rbegin(); at != alignments_.rend(); ++at) {
    if (!reached_by_all(at->second))
      continue;
    barrier found = at->second.of;
    snapshotted_ = found.checkpoint;
    alignments_.erase(alignments_.begin(), alignments_.upper_bound(snapshotted_));
    aborted_.erase(aborted_.begin(), aborted_.upper_bound(snapshotted_));
    release();
    return found;
  }
  return std::nullopt;
}

void barrier_aligner::release() {
  for (channel_state& each : channels_)
    released_ = std::exchange(each.blocked, false) || released_;
}

} // namespace weir
