#include "scheduler/worker_peers.hpp"

#include <utility>

namespace weir {

namespace {

// In place, since this compiler warns wrongly about a variant that is moved.
void add_send(worker_peers::actions& out, const incarnation_id& peer, control_message message) {
  out.emplace_back(std::in_place_type<send_to_peer>, peer, std::move(message));
}

} // namespace

worker_peers::worker_peers(std::chrono::milliseconds heartbeat_interval,
                           std::chrono::milliseconds heartbeat_timeout)
    : interval_{heartbeat_interval}, detector_{heartbeat_timeout} {}

void worker_peers::on_task_started(const attempt_id& task) {
  running_.insert(task);
}

void worker_peers::on_task_ended(const attempt_id& task) {
  running_.erase(task);
  if (ended_.insert(task).second)
    ended_order_.push_back(task);
  if (ended_order_.size() > ended_max) {
    ended_.erase(ended_order_.front());
    ended_order_.pop_front();
  }
  for (auto& [id, with] : peers_) {
    std::erase_if(with.waiting, [&](const open_channel& each) { return each.channel.consumer == task; });
    if (with.tasks.erase(task) > 0 && with.tasks.empty()) {
      detector_.forget(id);
      watched_.erase(id);
    }
  }
}

worker_peers::presence worker_peers::find(const attempt_id& task) const {
  return running_.count(task) ? presence::running : ended_.count(task) ? presence::ended : presence::not_yet;
}

void worker_peers::use(const incarnation_id& other, peer& with, const attempt_id& task, time_point now) {
  with.tasks.insert(task);
  if (!with.connected || !watched_.insert(other).second)
    return;
  detector_.watch(other, now);
  if (watched_.size() == 1)
    ping_at_ = now + interval_;
}

worker_peers::actions worker_peers::on_open_wish(const producer_location& producer,
                                                 const open_channel& message, time_point now) {
  auto& with = peers_[producer.worker];
  use(producer.worker, with, message.channel.consumer, now);
  if (with.connected)
    return {send_to_peer{producer.worker, message}};
  with.waiting.push_back(message);
  if (std::exchange(with.dialling, true))
    return {};
  return {dial_peer{producer.worker, producer.address}};
}

worker_peers::presence worker_peers::on_open(const incarnation_id& from, const open_channel& message,
                                             time_point now) {
  auto here = find(message.channel.producer);
  if (here == presence::running)
    use(from, peers_[from], message.channel.producer, now);
  return here;
}

worker_peers::actions worker_peers::on_up(const incarnation_id& other, time_point now) {
  auto& with = peers_[other];
  with.connected = true;
  with.dialling = false;
  if (!with.tasks.empty() && watched_.insert(other).second) {
    detector_.watch(other, now);
    if (watched_.size() == 1)
      ping_at_ = now + interval_;
  }
  actions out;
  for (auto& message : std::exchange(with.waiting, {}))
    add_send(out, other, std::move(message));
  return out;
}

worker_peers::actions worker_peers::on_down(const incarnation_id& other, const std::string& reason) {
  return lose(other, reason);
}

worker_peers::actions worker_peers::on_dial_failed(const incarnation_id& other, const std::string& reason) {
  return lose(other, reason);
}

worker_peers::actions worker_peers::lose(const incarnation_id& other, const std::string& reason) {
  auto gone = peers_.extract(other);
  detector_.forget(other);
  watched_.erase(other);
  if (gone.empty())
    return {};
  actions out;
  for (const auto& task : gone.mapped().tasks)
    out.push_back(peer_lost{task, other, reason});
  return out;
}

worker_peers::actions worker_peers::on_ping(const incarnation_id& from, const ping& message) {
  return {send_to_peer{from, pong{message.number}}};
}

void worker_peers::on_pong(const incarnation_id& from, time_point now) {
  // A pong of a peer that was given up meanwhile counts for nothing.
  (void)detector_.heard(from, now);
}

worker_peers::actions worker_peers::on_tick(time_point now) {
  actions out;
  for (const auto& silent : detector_.lost(now)) {
    watched_.erase(silent);
    out.emplace_back(std::in_place_type<drop_peer>, silent,
                     "no answer to pings within the time limit (heartbeat.timeout)");
  }
  if (watched_.empty() || now < ping_at_)
    return out;
  ping_at_ = now + interval_;
  for (const auto& each : watched_)
    add_send(out, each, ping{++pings_});
  return out;
}

time_point worker_peers::wake_at() const {
  return watched_.empty() ? time_point::max() : ping_at_;
}

} // namespace weir
