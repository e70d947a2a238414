#pragma once

#include "exchange/channel_ends.hpp"
#include "exchange/channel_sink.hpp"
#include "exchange/frame.hpp"

#include <weir/detail/record_type.hpp>

#include <cstdint>
#include <deque>
#include <vector>

namespace weir {

/// The sending end of a channel with what waits in it.
///
/// Sends while the consumer has granted credit; what an operator emits beyond that (one input batch may
/// expand to many) waits here. A channel that cannot take the next batch is *blocked*, and counts itself in a
/// counter that all channels of a subtask share: while it is not zero, the subtask reads no input.
class out_channel {
public:
  /// Sink and counter outlive the channel.
  out_channel(std::uint32_t index, const detail::record_type& record, const channel_options& options,
              channel_sink& sink, std::uint32_t& blocked_channels);

  /// `local`: the consumer is in this process. What waits is not sent before the next pump().
  producer_end::open_result on_open(std::uint32_t opening, std::uint64_t granted_total, bool local);
  void on_credit(std::uint64_t granted_total, std::vector<detail::batch_ptr> emptied);
  /// Drops what waits and all that comes; the channel stays blocked.
  void on_closed();
  /// False when the task must fail.
  [[nodiscard]] bool on_lost();

  /// Hands over `records`; in its place comes an empty batch, or an empty pointer.
  /// Throws std::length_error for a batch that is too large for frames.
  void send(detail::batch_ptr& records);
  /// `base`: of a barrier.
  void send_event(item_kind kind, std::uint64_t payload, std::uint64_t base = 0);

  /// Makes a frame of what is there, though it is not full.
  void flush();

  /// The last item, and a flush.
  void end();

  /// Sends what waits, as far as the credit goes.
  void pump();

  /// True when the end was sent, or nobody wants it.
  [[nodiscard]] bool is_done() const {
    return protocol_.is_closed() || (ended_ && !waits() && !frames_.is_filling());
  }
  [[nodiscard]] bool is_blocked() const { return blocked_; }
  [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }
  [[nodiscard]] std::uint64_t bytes_waiting() const { return pending_bytes_ + frames_.bytes(); }

private:
  enum class mode : std::uint8_t { unopened, local, remote };

  void put(channel_item item);
  void encode(const channel_item& item);
  [[nodiscard]] bool waits() const { return !pending_.empty() || frames_.has_frame(); }
  [[nodiscard]] std::uint64_t size_of(const channel_item& item) const;
  void note_blocked();

  std::uint32_t index_;
  const detail::record_type* record_;
  channel_sink* sink_;
  std::uint32_t* blocked_channels_;
  std::uint32_t spares_max_;
  producer_end protocol_;
  mode mode_ = mode::unopened;
  bool blocked_ = true;
  bool ended_ = false;
  std::deque<channel_item> pending_; ///< without a consumer, or local without credit
  std::uint64_t pending_bytes_ = 0;
  frame_writer frames_;
  std::vector<detail::batch_ptr> spares_;
  std::uint64_t batches_ = 0;
  std::uint64_t bytes_sent_ = 0;
};

} // namespace weir
