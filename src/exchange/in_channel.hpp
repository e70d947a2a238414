#pragma once

#include "exchange/channel_ends.hpp"
#include "exchange/frame.hpp"

#include <weir/detail/record_type.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace weir {

/// The receiving end of a channel with what was received and not yet read.
class in_channel {
public:
  /// A new total for the producer, and memory for its next batches.
  struct credit {
    std::uint64_t granted_total = 0;
    std::vector<detail::batch_ptr> emptied;
  };

  in_channel(const detail::record_type& record, const channel_options& options);

  [[nodiscard]] consumer_end& protocol() { return protocol_; }
  [[nodiscard]] const consumer_end& protocol() const { return protocol_; }

  /// Notes what came. Fails when it is out of sequence, was not granted, or cannot be of this channel.
  result<void> push(std::uint64_t sequence, channel_item item);
  result<void> push(std::vector<char> frame);

  /// True when pop() may give an item.
  [[nodiscard]] bool ready() const { return waiting_ > 0 || reading_frame_; }

  /// The next item; false when what had come was only the front of one. Every item must be released before
  /// the next pop(). Fails on malformed frames and on an end that does not fit what came before it.
  result<bool> pop(channel_item& item);

  /// The item is handled; `emptied` is its batch, or an empty pointer if someone kept it.
  void release(detail::batch_ptr emptied);

  /// The credit to send now, if it is time for one.
  std::optional<credit> take_credit();

  [[nodiscard]] std::uint64_t bytes_received() const { return bytes_received_; }
  [[nodiscard]] std::uint64_t bytes_waiting() const { return bytes_waiting_; }

private:
  enum class mode : std::uint8_t { unknown, local, remote };

  /// An item, or a frame, in the order of arrival.
  struct unit {
    channel_item item;
    std::vector<char> frame;
    std::uint64_t bytes = 0;
  };

  result<void> enqueue(std::uint64_t sequence, mode how, unit received);
  unit& front() { return units_[first_]; }
  void drop_front();
  result<bool> pop_from_frames(channel_item& item);
  void frame_is_read();
  result<void> check_order(const channel_item& item);

  const detail::record_type* record_;
  consumer_end protocol_;
  mode mode_ = mode::unknown;
  std::vector<unit> units_; ///< ring of as many as can be granted
  std::size_t first_ = 0;
  std::size_t waiting_ = 0;
  frame_reader frames_;
  bool reading_frame_ = false;
  std::uint64_t unit_bytes_ = 0; ///< of the one being read
  std::vector<detail::batch_ptr> emptied_;
  std::uint64_t batches_ = 0;
  std::uint64_t bytes_received_ = 0;
  std::uint64_t bytes_waiting_ = 0;
};

} // namespace weir
