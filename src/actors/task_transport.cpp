// The channels of a task: the half of it that speaks with other tasks.
#include "actors/task.hpp"

#include "base/log.hpp"
#include "wire/control_codec.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace weir::actors {

// ---- as a producer

void task::on(open_request& request) {
  if (ended_)
    return;
  if (!opened_) // the operators are being opened
    return early_.push_back(std::move(request));
  const auto& message = request.message;
  auto is_local = static_cast<bool>(request.consumer);
  auto given = subtask_.on_channel_open(message.channel, message.opening, message.granted_total, is_local);
  if (given.what == open_answer::kind::ignored)
    return;
  if (given.what == open_answer::kind::gone)
    return answer(request, {channel_gone{message.channel, message.opening, given.reason}, {}});
  consumers_.resize(subtask_.out_channels().size());
  auto& end = consumers_[given.out];
  if (end.opening != message.opening) {
    outs_.erase(end.own_route); // what was said to an earlier opening finds nobody
    end.opening = message.opening;
    end.own_route = new_route();
    outs_[end.own_route] = given.out;
    if (!is_local)
      bind(end.own_route);
  }
  end.worker = request.from;
  end.actor = request.consumer;
  end.route = message.consumer_route;
  answer(request, {channel_opened{message.channel, message.opening, message.consumer_route, end.own_route},
                   caf::actor_cast<caf::actor>(this)});
}

void task::answer(const open_request& request, channel_answer reply) {
  if (request.consumer)
    return send(request.consumer, std::move(reply));
  auto bytes =
      std::visit([](const auto& message) { return encode(control_message{message}); }, reply.message);
  send(around_->connector, send_control{request.from, std::move(bytes)});
}

void task::send_item(std::uint32_t out, std::uint64_t sequence, channel_item item) {
  auto& end = consumers_[out];
  if (end.unsent.empty())
    end.unsent_sequence = sequence;
  end.unsent.push_back(std::move(item));
  if (end.unsent.size() == items_at_once_)
    deliver_items(end);
}

void task::deliver_items() {
  for (consumer_end& each : consumers_)
    if (!each.unsent.empty())
      deliver_items(each);
}

void task::deliver_items(consumer_end& to) {
  send(to.actor, local_items{to.route, to.unsent_sequence, std::exchange(to.unsent, {})});
}

void task::send_frame(std::uint32_t out, std::vector<char> frame) {
  auto& end = consumers_[out];
  send(around_->connector, send_routed{end.worker, end.route, std::move(frame)});
}

// ---- as a consumer

void task::open_channel(std::uint32_t in, std::uint32_t opening, std::uint64_t granted_total) {
  producers_.resize(subtask_.in_channels().size());
  const auto& location = subtask_.producer(in);
  auto& end = producers_[in];
  if (end.opening != opening) {
    ins_.erase(end.own_route); // what was sent to an earlier opening finds nobody
    end = {.opening = opening,
           .own_route = new_route(),
           .worker = location.worker,
           .local = location.worker == around_->worker};
    ins_[end.own_route] = in;
    if (!end.local)
      bind(end.own_route);
  }
  weir::open_channel message{subtask_.in_channels()[in], opening, end.own_route, granted_total};
  send(around_->task_manager, open_wish{location, message, caf::actor_cast<caf::actor>(this)});
}

void task::on(channel_answer& answer) {
  if (!opened_ || ended_)
    return;
  std::visit(
      [&]<class Message>(const Message& message) {
        auto in = find_in(message.channel);
        if (!in)
          return;
        if constexpr (std::is_same_v<Message, channel_opened>)
          on_opened(*in, message, answer.producer);
        else if constexpr (std::is_same_v<Message, channel_not_yet>)
          subtask_.on_not_yet(*in, message.opening);
        else
          subtask_.on_gone(*in, message.opening, message.reason);
      },
      answer.message);
}

void task::on_opened(std::uint32_t in, const channel_opened& message, const caf::actor& producer) {
  auto& end = producers_[in];
  if (message.opening != end.opening)
    return;
  end.known = true;
  end.actor = producer;
  end.route = message.producer_route;
  subtask_.on_opened(in, message.opening);
  if (auto owed = std::exchange(end.owed_grant, std::nullopt))
    grant(in, *owed, {});
}

void task::grant(std::uint32_t in, std::uint64_t granted_total, std::vector<detail::batch_ptr> emptied) {
  auto& end = producers_[in];
  if (!end.known) // data has overtaken the answer
    end.owed_grant = granted_total;
  else if (end.local)
    send(end.actor, local_credit{end.route, granted_total, std::move(emptied)});
  else
    send(around_->connector,
         send_routed{end.worker, end.route, encode(channel_credit{end.route, granted_total})});
}

void task::close_channel(std::uint32_t in) {
  if (in >= producers_.size())
    return;
  auto& end = producers_[in];
  ins_.erase(end.own_route);
  if (!end.known)
    return; // should it still open, the task manager will close it
  if (end.local)
    send(end.actor, local_close{end.route});
  else
    send(around_->connector, send_routed{end.worker, end.route, encode(weir::close_channel{end.route})});
}

std::optional<std::uint32_t> task::find_in(const channel_id& channel) const {
  auto channels = subtask_.in_channels();
  auto found = std::ranges::find(channels, channel);
  if (found == channels.end())
    return std::nullopt;
  return static_cast<std::uint32_t>(found - channels.begin());
}

// ---- both

void task::on(received_routed& received) {
  if (ended_)
    return;
  if (auto in = ins_.find(received.route); in != ins_.end())
    return subtask_.on_frame(in->second, std::move(received.bytes));
  auto out = outs_.find(received.route);
  if (out == outs_.end())
    return; // of an earlier opening
  auto message = decode_control(received.bytes);
  if (message && std::holds_alternative<channel_credit>(*message))
    subtask_.on_credit(out->second, std::get<channel_credit>(*message).granted_total, {});
  else if (message && std::holds_alternative<weir::close_channel>(*message))
    subtask_.on_channel_closed(out->second);
  else
    log::task.warn("frame dropped that is no credit", {{"attempt", attempt_}});
}

void task::on(const peer_broken& broken) {
  if (!opened_ || ended_)
    return;
  for (std::uint32_t in = 0; in < producers_.size(); ++in)
    if (!producers_[in].local && producers_[in].worker == broken.peer) {
      producers_[in].known = false;
      subtask_.on_producer_lost(in, broken.reason);
    }
  for (std::uint32_t out = 0; out < consumers_.size(); ++out)
    if (!consumers_[out].actor && consumers_[out].worker == broken.peer)
      subtask_.on_consumer_lost(out, broken.reason);
}

void task::bind(std::uint64_t route) {
  bound_.push_back(route);
  send(around_->connector, bind_route{route, caf::actor_cast<caf::actor>(this)});
}

void task::unbind_all() {
  for (auto route : std::exchange(bound_, {}))
    send(around_->connector, unbind_route{route});
}

} // namespace weir::actors
