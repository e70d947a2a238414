#include "actors/simulated_network.hpp"

#include "actors/simulated_connector.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace weir::actors {

simulated_network::simulated_network(const settings& with) : settings_{with}, random_{with.seed} {}

connector simulated_network::start_connector(caf::actor_system& system, const node_identity& identity,
                                             const node_address& address) {
  auto actor =
      system.spawn<simulated_connector>(shared_from_this(), identity, address, settings_.frame_bytes_max);
  std::lock_guard guard{mutex_};
  listening_[address] = actor;
  return {actor, identity.self, address};
}

std::vector<simulated_network::link_ends> simulated_network::links() const {
  std::lock_guard guard{mutex_};
  std::vector<link_ends> present;
  for (const auto& [id, link] : links_)
    if (!link.broken)
      present.push_back({id, link.ends[0], link.ends[1]});
  return present;
}

void simulated_network::break_link(std::uint64_t id, std::optional<std::chrono::milliseconds> dialler_notices,
                                   std::optional<std::chrono::milliseconds> acceptor_notices) {
  std::lock_guard guard{mutex_};
  if (auto found = links_.find(id); found != links_.end())
    break_it(id, found->second, dialler_notices, acceptor_notices);
}

void simulated_network::break_it(std::uint64_t id, link_state& link,
                                 std::optional<std::chrono::milliseconds> dialler_notices,
                                 std::optional<std::chrono::milliseconds> acceptor_notices) {
  if (std::exchange(link.broken, true))
    return;
  auto tell = [&](int end, std::optional<std::chrono::milliseconds> notices) {
    const direction* over = find_direction(link.ends[1 - end], link.ends[end]);
    if (notices && !(over && over->state.is_cut))
      caf::delayed_anon_send(link.actors[end], *notices, link_ended{id, end});
  };
  tell(0, dialler_notices);
  tell(1, acceptor_notices);
}

void simulated_network::hold(const std::string& from_host, const std::string& to_host, time_point until) {
  std::lock_guard guard{mutex_};
  auto& held = directions_[{from_host, to_host}].held_until;
  held = std::max(held, until);
}

void simulated_network::set_direction(const std::string& from_host, const std::string& to_host,
                                      direction_state state, time_point now) {
  std::lock_guard guard{mutex_};
  direction& which = directions_[{from_host, to_host}];
  which.state = state;
  if (state.is_cut)
    return;
  for (kept_message& each : std::exchange(which.kept, {}))
    if (auto found = links_.find(each.link); found != links_.end())
      if (auto onward = hop_over(found->second, each.to_end, now))
        caf::delayed_anon_send(onward->to, onward->delay, std::move(each.message));
}

void simulated_network::keep(std::uint64_t id, int to_end, caf::message message) {
  std::lock_guard guard{mutex_};
  if (auto found = links_.find(id); found != links_.end()) {
    const auto& ends = found->second.ends;
    directions_[{ends[1 - to_end].host, ends[to_end].host}].kept.push_back({id, to_end, std::move(message)});
  }
}

void simulated_network::slow_down(std::chrono::microseconds more, time_point until) {
  std::lock_guard guard{mutex_};
  slow_by_ = more;
  slow_until_ = until;
}

void simulated_network::remove_node(const connector& gone, std::optional<std::chrono::milliseconds> notice) {
  std::lock_guard guard{mutex_};
  for (auto& [id, link] : links_)
    if (link.actors[0] == gone.actor)
      break_it(id, link, {}, notice);
    else if (link.actors[1] == gone.actor)
      break_it(id, link, notice, {});
  if (auto at = listening_.find(gone.address); at != listening_.end() && at->second == gone.actor)
    listening_.erase(at);
}

std::optional<std::uint64_t> simulated_network::open_link(const node_address& from, const caf::actor& dialler,
                                                          const node_address& to) {
  std::lock_guard guard{mutex_};
  auto found = listening_.find(to);
  if (found == listening_.end())
    return std::nullopt;
  links_[++last_link_] = {.ends = {from, to}, .actors = {dialler, found->second}, .last_due = {}};
  return last_link_;
}

std::optional<simulated_network::hop> simulated_network::next_hop(std::uint64_t id, int to_end,
                                                                  time_point now) {
  std::lock_guard guard{mutex_};
  auto found = links_.find(id);
  return found == links_.end() ? std::nullopt : hop_over(found->second, to_end, now);
}

std::optional<simulated_network::hop> simulated_network::hop_over(link_state& link, int to_end,
                                                                  time_point now) {
  if (link.broken)
    return std::nullopt;
  const direction* over = find_direction(link.ends[1 - to_end], link.ends[to_end]);
  if (over && over->state.is_cut)
    return hop{.to = link.actors[to_end], .is_cut = true};
  auto sent = over ? std::max(now, over->held_until) + over->state.delay : now;
  auto due = std::max(link.last_due[to_end], sent + draw_latency(now)); // a connection keeps its order
  link.last_due[to_end] = due;
  return hop{link.actors[to_end],
             settings_.latency_max.count() == 0 ? std::chrono::nanoseconds{0} : due - now};
}

bool simulated_network::is_broken(std::uint64_t id) const {
  std::lock_guard guard{mutex_};
  auto found = links_.find(id);
  return found == links_.end() || found->second.broken;
}

void simulated_network::forget_link(std::uint64_t id) {
  std::lock_guard guard{mutex_};
  links_.erase(id);
}

std::chrono::nanoseconds simulated_network::connect_time(const node_address& from, const node_address& to,
                                                         time_point now) {
  std::lock_guard guard{mutex_};
  std::chrono::nanoseconds length = settings_.latency_max;
  for (const direction* over : {find_direction(from, to), find_direction(to, from)}) {
    if (over && over->state.is_cut)
      return std::chrono::nanoseconds::max();
    if (over)
      length = std::max(length, over->held_until - now + settings_.latency_max) + over->state.delay;
  }
  return length;
}

const simulated_network::direction* simulated_network::find_direction(const node_address& from,
                                                                      const node_address& to) const {
  if (directions_.empty())
    return nullptr;
  auto found = directions_.find({from.host, to.host});
  return found == directions_.end() ? nullptr : &found->second;
}

std::chrono::nanoseconds simulated_network::draw_latency(time_point now) {
  auto longest = settings_.latency_max + (now < slow_until_ ? slow_by_ : std::chrono::microseconds{0});
  auto range = static_cast<std::uint64_t>((longest - settings_.latency_min).count());
  return settings_.latency_min + std::chrono::microseconds{range == 0 ? 0 : random_() % (range + 1)};
}

} // namespace weir::actors
