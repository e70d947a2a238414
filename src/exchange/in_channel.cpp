#include "exchange/in_channel.hpp"

#include <cassert>
#include <string>
#include <utility>

namespace weir {

in_channel::in_channel(const detail::record_type& record, const channel_options& options)
    : record_{&record}, protocol_{options}, units_(options.buffers_per_channel), frames_{record, options} {}

result<void> in_channel::push(std::uint64_t sequence, channel_item item) {
  std::uint64_t bytes = 0;
  if (item.kind == item_kind::batch) {
    if (!item.records || !detail::same_records(*item.records->type, *record_))
      return error{errc::corrupt, "a batch of " + (item.records ? item.records->type->name : "nothing") +
                                      " where " + record_->name + " is expected"};
    bytes = item.records->size * record_->record_size;
  }
  return enqueue(sequence, mode::local, {std::move(item), {}, bytes});
}

result<void> in_channel::push(std::vector<char> frame) {
  auto sequence = frame_sequence({frame.data(), frame.size()});
  if (!sequence)
    return error{errc::corrupt,
                 "malformed frame: " + std::to_string(frame.size()) + " bytes are too few for a header"};
  std::uint64_t bytes = frame.size();
  return enqueue(*sequence, mode::remote, {{}, std::move(frame), bytes});
}

result<void> in_channel::enqueue(std::uint64_t sequence, mode how, unit received) {
  if (mode_ != how && mode_ != mode::unknown)
    return error{errc::corrupt, "items and frames on one channel"};
  if (auto accepted = protocol_.on_unit(sequence); !accepted)
    return accepted;
  mode_ = how;
  bytes_received_ += received.bytes;
  bytes_waiting_ += received.bytes;
  assert(waiting_ < units_.size()); // no more than that is ever granted
  std::size_t last = first_ + waiting_++;
  units_[last < units_.size() ? last : last - units_.size()] = std::move(received);
  return {};
}

void in_channel::drop_front() {
  first_ = first_ + 1 < units_.size() ? first_ + 1 : 0;
  --waiting_;
}

result<bool> in_channel::pop(channel_item& item) {
  assert(ready());
  if (mode_ == mode::remote) {
    auto found = pop_from_frames(item);
    if (!found || !*found)
      return found;
  } else {
    item = std::move(front().item);
    unit_bytes_ = front().bytes;
    drop_front();
  }
  if (auto in_order = check_order(item); !in_order)
    return in_order.failure();
  return true;
}

result<bool> in_channel::pop_from_frames(channel_item& item) {
  while (reading_frame_ || waiting_ > 0) {
    if (!reading_frame_) {
      auto started = frames_.start(std::move(front().frame));
      unit_bytes_ = front().bytes;
      drop_front();
      if (!started)
        return started.failure();
      reading_frame_ = true;
    }
    auto found = frames_.next(item);
    if (!found || *found)
      return found;
    frame_is_read();
  }
  return false;
}

result<void> in_channel::check_order(const channel_item& item) {
  if (item.kind == item_kind::batch)
    ++batches_;
  if (item.kind != item_kind::end_of_input)
    return {};
  if (item.payload != batches_)
    return error{errc::corrupt, "it ended after " + std::to_string(batches_) + " batches, but " +
                                    std::to_string(item.payload) + " were sent"};
  if (waiting_ > 0 || !frames_.exhausted())
    return error{errc::corrupt, "data after the end of the channel"};
  protocol_.end();
  return {};
}

void in_channel::release(detail::batch_ptr emptied) {
  // An operator may have put a batch of another type, or one that it got elsewhere, into the place.
  if (emptied && !detail::same_records(*emptied->type, *record_))
    emptied = {};
  if (emptied)
    emptied->clear();
  if (mode_ == mode::local) {
    if (emptied)
      emptied_.push_back(std::move(emptied));
    protocol_.on_read();
    bytes_waiting_ -= unit_bytes_;
    return;
  }
  if (emptied)
    frames_.recycle(std::move(emptied));
  if (frames_.exhausted())
    frame_is_read();
}

void in_channel::frame_is_read() {
  reading_frame_ = false;
  frames_.finish();
  protocol_.on_read();
  bytes_waiting_ -= unit_bytes_;
}

std::optional<in_channel::credit> in_channel::take_credit() {
  if (protocol_.has_ended() || !protocol_.grant_is_due())
    return std::nullopt;
  return credit{protocol_.take_grant(), std::exchange(emptied_, {})};
}

} // namespace weir
