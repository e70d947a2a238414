#include "task/local_station.hpp"

#include <algorithm>
#include <chrono>

namespace weir {

local_station::local_station(subtask_setup setup, weir::platform& platform, const directory& all,
                             const std::function<bool(const channel_id&)>& is_local)
    : self_{setup.attempt},
      platform_{platform},
      all_{all},
      is_local_{is_local},
      task_{std::move(setup), platform, *this} {}

result<void> local_station::open() {
  auto opened = task_.open();
  consumers_.resize(task_.out_channels().size());
  open_ = opened.has_value();
  return opened;
}

void local_station::post(const attempt_id& from, message sent) {
  {
    std::lock_guard lock{mutex_};
    mailbox_[from].push_back(std::move(sent));
    ++waiting_;
  }
  arrived_.notify_one();
}

void local_station::cancel() {
  {
    std::lock_guard lock{mutex_}; // so that it does not fall between the check and the wait of run_to_end()
    task_.cancel_flag()->store(true);
  }
  arrived_.notify_one();
}

bool local_station::has_mail() {
  std::lock_guard lock{mutex_};
  return waiting_ > 0;
}

bool local_station::deliver(std::uint64_t choice) {
  std::unique_lock lock{mutex_};
  if (waiting_ == 0)
    return false;
  auto box = std::next(mailbox_.begin(), static_cast<std::ptrdiff_t>(choice % mailbox_.size()));
  while (box->second.empty())
    if (++box == mailbox_.end())
      box = mailbox_.begin();
  message next = std::move(box->second.front());
  box->second.pop_front();
  --waiting_;
  attempt_id from = box->first;
  lock.unlock();
  settled_ = false;
  std::visit([&](auto& what) { on(from, what); }, next);
  return true;
}

void local_station::run(std::uint32_t batches) {
  outcome_ = task_.run(batches);
  settled_ = outcome_.what == run_outcome::kind::wait;
}

bool local_station::is_live() const {
  return outcome_.what == run_outcome::kind::more || outcome_.what == run_outcome::kind::wait;
}

void local_station::run_to_end(std::uint32_t batches) {
  while (is_live()) {
    for (std::uint64_t turn = 0; deliver(turn); ++turn)
      continue;
    run(batches);
    if (outcome_.what != run_outcome::kind::wait)
      continue;
    std::unique_lock lock{mutex_};
    auto awake = [&] { return waiting_ > 0 || task_.cancel_flag()->load(); };
    if (outcome_.wake_at)
      arrived_.wait_for(lock, *outcome_.wake_at - platform_.clock().now(), awake);
    else
      arrived_.wait(lock, awake);
  }
}

void local_station::open_channel(std::uint32_t in, std::uint32_t opening, std::uint64_t granted_total) {
  const channel_id& channel = task_.in_channels()[in];
  station_of(channel.producer).post(self_, open_message{channel, in, opening, granted_total});
}

void local_station::grant(std::uint32_t in, std::uint64_t granted_total,
                          std::vector<detail::batch_ptr> emptied) {
  to_producer(in, credit_message{producers_[in], granted_total, std::move(emptied)});
}

void local_station::close_channel(std::uint32_t in) {
  if (producers_.contains(in))
    to_producer(in, close_message{producers_[in]});
}

void local_station::send_item(std::uint32_t out, std::uint64_t sequence, channel_item item) {
  note_sent(out, sequence);
  consumers_[out].to->post(self_, item_message{consumers_[out].in, sequence, std::move(item)});
}

void local_station::send_frame(std::uint32_t out, std::vector<char> frame) {
  note_sent(out, *frame_sequence({frame.data(), frame.size()}));
  consumers_[out].to->post(self_, frame_message{consumers_[out].in, std::move(frame)});
}

void local_station::to_producer(std::uint32_t in, message sent) {
  station_of(task_.in_channels()[in].producer).post(self_, std::move(sent));
}

void local_station::note_sent(std::uint32_t out, std::uint64_t sequence) {
  std::uint64_t read = consumers_[out].granted - consumers_[out].window;
  peak_in_flight_ = std::max(peak_in_flight_, sequence + 1 - read);
}

void local_station::on(const attempt_id& from, open_message& what) {
  local_station& consumer = station_of(from);
  if (!open_)
    return consumer.post(self_, not_yet_message{what.sender_in, what.opening});
  auto answer = task_.on_channel_open(what.channel, what.opening, what.granted_total,
                                      !is_local_ || is_local_(what.channel));
  if (answer.what == open_answer::kind::opened) {
    consumers_[answer.out] = {&consumer, what.sender_in, what.granted_total, what.granted_total};
    consumer.post(self_, opened_message{what.sender_in, what.opening, answer.out});
  } else if (answer.what == open_answer::kind::gone) {
    consumer.post(self_, gone_message{what.sender_in, what.opening, answer.reason});
  }
}

void local_station::on(const attempt_id&, opened_message& what) {
  producers_[what.in] = what.sender_out;
  task_.on_opened(what.in, what.opening);
}

void local_station::on(const attempt_id&, not_yet_message& what) {
  task_.on_not_yet(what.in, what.opening);
}

void local_station::on(const attempt_id&, gone_message& what) {
  task_.on_gone(what.in, what.opening, what.reason);
}

void local_station::on(const attempt_id&, credit_message& what) {
  consumers_[what.out].granted = what.granted_total;
  task_.on_credit(what.out, what.granted_total, std::move(what.emptied));
}

void local_station::on(const attempt_id&, close_message& what) {
  task_.on_channel_closed(what.out);
}

void local_station::on(const attempt_id&, item_message& what) {
  task_.on_item(what.in, what.sequence, std::move(what.item));
}

void local_station::on(const attempt_id&, frame_message& what) {
  task_.on_frame(what.in, std::move(what.frame));
}

} // namespace weir
