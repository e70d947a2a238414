#pragma once

#include "exchange/in_channel.hpp"

#include <cstdint>
#include <vector>

namespace weir {

/// All channels into a subtask. Gives one item at a time, of each channel that has some in turn.
class input_gate {
public:
  /// A channel gets the next number. Not while items are read.
  void add(const detail::record_type& record, const channel_options& options);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(channels_.size()); }
  in_channel& operator[](std::uint32_t channel) { return channels_[channel]; }
  const in_channel& operator[](std::uint32_t channel) const { return channels_[channel]; }

  /// To be called after a push: the channel takes its turn if it has something to read.
  void note_ready(std::uint32_t channel);

  [[nodiscard]] bool has_ready() const { return in_line_ > 0; }

  /// The channel whose turn it is. It leaves the line: when its item is handled, it is to be noted again.
  /// Requires has_ready().
  std::uint32_t take_turn();

private:
  std::vector<in_channel> channels_;
  std::vector<bool> waits_;          ///< by channel: it is in the line
  std::vector<std::uint32_t> turns_; ///< the line: a ring with room for every channel
  std::size_t first_ = 0;
  std::size_t in_line_ = 0;
};

} // namespace weir
