#include "exchange/out_channel.hpp"

#include <stdexcept>
#include <utility>

namespace weir {

out_channel::out_channel(std::uint32_t index, const detail::record_type& record,
                         const channel_options& options, channel_sink& sink, std::uint32_t& blocked_channels)
    : index_{index},
      record_{&record},
      sink_{&sink},
      blocked_channels_{&blocked_channels},
      // All that can be under way, and the two that the partitioner and the overdraft hold.
      spares_max_{options.buffers_per_channel + 2},
      frames_{options} {
  ++*blocked_channels_;
}

producer_end::open_result out_channel::on_open(std::uint32_t opening, std::uint64_t granted_total,
                                               bool local) {
  auto result = protocol_.on_open(opening, granted_total);
  if (result != producer_end::open_result::opened) {
    note_blocked();
    return result;
  }
  if (mode_ == mode::unopened) {
    mode_ = local ? mode::local : mode::remote;
    if (mode_ == mode::remote) {
      for (const channel_item& item : pending_)
        encode(item);
      pending_.clear();
      pending_bytes_ = 0;
      // A barrier in it was flushed when it came. While others wait for it nothing more may come that would
      // fill the frame.
      frames_.flush();
    }
  }
  note_blocked();
  return result;
}

void out_channel::on_credit(std::uint64_t granted_total, std::vector<detail::batch_ptr> emptied) {
  protocol_.on_credit(granted_total);
  for (detail::batch_ptr& each : emptied) {
    if (!detail::same_records(*each->type, *record_) || spares_.size() == spares_max_)
      continue;
    if (each->size != 0)
      each->clear();
    spares_.push_back(std::move(each));
  }
  note_blocked();
}

void out_channel::on_closed() {
  protocol_.on_closed();
  pending_.clear();
  pending_bytes_ = 0;
  spares_.clear();
  note_blocked();
}

bool out_channel::on_lost() {
  bool survives = protocol_.on_lost();
  note_blocked();
  return survives;
}

void out_channel::send(detail::batch_ptr& records) {
  if (!records || records->size == 0)
    return;
  if (protocol_.is_closed()) {
    records->clear();
    return;
  }
  ++batches_;
  if (mode_ == mode::remote) {
    if (auto appended = frames_.append(*records); !appended)
      throw std::length_error{appended.failure().message()};
    records->clear();
    pump();
    return;
  }
  put({item_kind::batch, 0, std::move(records)});
  records = {};
  if (!spares_.empty()) {
    records = std::move(spares_.back());
    spares_.pop_back();
  }
}

void out_channel::send_event(item_kind kind, std::uint64_t payload, std::uint64_t base) {
  if (protocol_.is_closed())
    return;
  if (mode_ == mode::remote) {
    frames_.append(kind, payload, base);
    pump();
    return;
  }
  put({kind, payload, {}, base});
}

void out_channel::put(channel_item item) {
  std::uint64_t bytes = size_of(item);
  if (mode_ == mode::local && pending_.empty() && protocol_.may_send()) {
    bytes_sent_ += bytes;
    sink_->send_item(index_, protocol_.take_sequence(), std::move(item));
  } else {
    pending_bytes_ += bytes;
    pending_.push_back(std::move(item));
  }
  note_blocked();
}

void out_channel::encode(const channel_item& item) {
  if (item.kind != item_kind::batch)
    frames_.append(item.kind, item.payload, item.base);
  else if (auto appended = frames_.append(*item.records); !appended)
    throw std::length_error{appended.failure().message()};
}

void out_channel::flush() {
  frames_.flush();
  pump();
}

void out_channel::end() {
  send_event(item_kind::end_of_input, batches_);
  ended_ = true;
  flush();
}

void out_channel::pump() {
  while (protocol_.may_send() && waits()) {
    std::uint64_t sequence = protocol_.take_sequence();
    if (mode_ == mode::remote) {
      std::vector<char> frame = frames_.take(sequence);
      bytes_sent_ += frame.size();
      sink_->send_frame(index_, std::move(frame));
    } else {
      channel_item item = std::move(pending_.front());
      pending_.pop_front();
      std::uint64_t bytes = size_of(item);
      pending_bytes_ -= bytes;
      bytes_sent_ += bytes;
      sink_->send_item(index_, sequence, std::move(item));
    }
  }
  if (is_done())
    protocol_.end();
  note_blocked();
}

std::uint64_t out_channel::size_of(const channel_item& item) const {
  return item.records ? item.records->size * record_->record_size : 0;
}

void out_channel::note_blocked() {
  // Nothing more will be sent once all is: what the task has left to do need not wait for credit. But a
  // consumer that closed before the end has failed, and so soon will the job: until then nothing is made for
  // it.
  bool all_sent = ended_ && is_done();
  bool blocked = !all_sent && (!protocol_.may_send() || waits());
  if (blocked == blocked_)
    return;
  blocked_ = blocked;
  *blocked_channels_ += blocked ? 1 : -1;
}

} // namespace weir
