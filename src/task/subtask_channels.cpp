#include "task/subtask.hpp"

#include <bit>
#include <exception>
#include <utility>

/// The channel side of a subtask: what peers say, and reading what they sent.
namespace weir {

open_answer subtask::on_channel_open(const channel_id& channel, std::uint32_t opening,
                                     std::uint64_t granted_total, bool local) {
  auto out = channels_.find_out(channel);
  if (!out || closed_ || failure_)
    return {open_answer::kind::gone, 0, out ? "the task has ended" : "the task has no such channel"};
  try {
    switch (out_channels_[*out]->on_open(opening, granted_total, local)) {
    case producer_end::open_result::opened:
      credited_ = true;
      return {open_answer::kind::opened, *out, {}};
    case producer_end::open_result::ignored:
      return {};
    case producer_end::open_result::gone:
      fail(out_name(*out) + ": opened again after data was sent");
    }
  } catch (const std::exception& thrown) {
    fail(out_name(*out) + ": " + thrown.what());
  }
  return {open_answer::kind::gone, *out, *failure_};
}

void subtask::on_credit(std::uint32_t out, std::uint64_t granted_total,
                        std::vector<detail::batch_ptr> emptied) {
  out_channels_[out]->on_credit(granted_total, std::move(emptied));
  credited_ = true;
}

void subtask::on_channel_closed(std::uint32_t out) {
  out_channels_[out]->on_closed();
}

void subtask::on_consumer_lost(std::uint32_t out, const std::string& reason) {
  if (!out_channels_[out]->on_lost())
    fail(out_name(out) + ": lost after data was sent: " + reason);
}

void subtask::on_opened(std::uint32_t in, std::uint32_t opening) {
  gate_[in].protocol().on_opened(opening);
}

void subtask::on_not_yet(std::uint32_t, std::uint32_t) {
  // The same `open` is due again soon, as when no answer comes.
}

void subtask::on_gone(std::uint32_t in, std::uint32_t opening, const std::string& reason) {
  if (gate_[in].protocol().on_gone(opening))
    fail_channel(in, "the producer is gone: " + reason);
}

void subtask::on_producer_lost(std::uint32_t in, const std::string& reason) {
  if (gate_[in].protocol().on_lost(platform_.clock().now()))
    opening_ = true;
  else
    fail_channel(in, "lost after data had come: " + reason);
}

void subtask::on_item(std::uint32_t in, std::uint64_t sequence, channel_item item) {
  if (auto pushed = gate_[in].push(sequence, std::move(item)); !pushed)
    fail_channel(in, pushed.failure().message());
  note_ready(in);
}

void subtask::on_frame(std::uint32_t in, std::vector<char> frame) {
  if (auto pushed = gate_[in].push(std::move(frame)); !pushed)
    fail_channel(in, pushed.failure().message());
  note_ready(in);
}

void subtask::note_ready(std::uint32_t in) {
  // What is held or blocked waits outside of the line, and comes back when it is released.
  if (may_read(in))
    gate_.note_ready(in);
}

void subtask::open_channels() {
  opening_ = false;
  for (std::uint32_t in = 0; in < gate_.size(); ++in) {
    consumer_end& protocol = gate_[in].protocol();
    if (protocol.timed_out(now_)) {
      fail_channel(in, "not open within channel.open.timeout (" +
                           std::to_string(setup_.options.channels.open_timeout.count()) + " ms)");
      return;
    }
    if (auto request = protocol.due(now_))
      transport_.open_channel(in, request->opening, request->granted_total);
    if (protocol.wake_at())
      opening_ = true;
  }
}

void subtask::read_channel(std::uint32_t in) {
  if (!may_read(in))
    return;
  in_channel& channel = gate_[in];
  channel_item item;
  result<bool> found = false;
  try {
    found = channel.pop(item);
  } catch (const std::exception& thrown) { // a record type's own decoder
    found = error{errc::corrupt, thrown.what()};
  }
  if (!found)
    return fail_channel(in, found.failure().message());
  if (*found) {
    reading_ = in;
    auto handled = handle(in, item);
    reading_.reset();
    if (!handled)
      return fail(handled.failure().message());
    channel.release(std::move(item.records));
  }
  give_credit(in);
  note_ready(in);
}

result<void> subtask::handle(std::uint32_t in, channel_item& item) {
  std::uint32_t entry = entry_of_channel_[in];
  std::uint32_t channel = in - channels_.edges_in[entry].first;
  switch (item.kind) {
  case item_kind::batch:
    records_in_ += item.records->size;
    return chain_->process(entry, item.records);
  case item_kind::watermark:
    return chain_->on_watermark(entry, channel, std::bit_cast<detail::event_time>(item.payload));
  case item_kind::idleness:
    return chain_->on_idleness(entry, channel, item.payload != 0);
  case item_kind::end_of_data:
    return end_data(in);
  case item_kind::end_of_input:
    transport_.close_channel(in);
    if (auto ended = end_data(in); !ended || !checkpoints_)
      return ended;
    return tell_checkpoints([in](task_checkpoints& to) { return to.on_channel_ended(in); });
  case item_kind::barrier:
    if (!checkpoints_)
      break;
    return tell_checkpoints([&](task_checkpoints& to) {
      return to.on_barrier(in, {item.payload, item.base});
    });
  case item_kind::batch_part:
    break;
  }
  return error{errc::corrupt, in_name(in) + ": unexpected event of kind " +
                                  std::to_string(static_cast<unsigned>(item.kind))};
}

/// No more records will come on the channel.
result<void> subtask::end_data(std::uint32_t in) {
  if (data_ended_[in])
    return {};
  data_ended_[in] = true;
  std::uint32_t entry = entry_of_channel_[in];
  return chain_->end_of_input(entry, in - channels_.edges_in[entry].first);
}

void subtask::give_credit(std::uint32_t in) {
  if (auto credit = gate_[in].take_credit())
    transport_.grant(in, credit->granted_total, std::move(credit->emptied));
}

void subtask::fail_channel(std::uint32_t in, const std::string& what) {
  fail(in_name(in) + ": " + what);
}

std::string subtask::in_name(std::uint32_t in) const {
  const producer_location& producer = channels_.producers[in];
  return "channel from " + subtask_name(*setup_.graph, producer.attempt) + " at " +
         to_string(producer.address);
}

std::string subtask::out_name(std::uint32_t out) const {
  return "channel to " + subtask_name(*setup_.graph, channels_.out[out].consumer);
}

} // namespace weir
