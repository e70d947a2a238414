#include "link_relay.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::scenario {

/// What to wait for.
struct link_relay::watch_list {
  std::vector<pollfd> sockets;
  std::optional<time_point> earliest;

  /// A socket that nothing is wanted of is left out: of a broken one the system would tell again and again.
  void add(int socket, bool is_read, bool is_written) {
    auto events = static_cast<short>((is_read ? POLLIN : 0) | (is_written ? POLLOUT : 0));
    if (events != 0)
      sockets.push_back({socket, events, 0});
  }

  void add(const connection& each, const link_state& there, const link_state& back, time_point now) {
    if (!each.far)
      return;
    add(each.near.get(), each.there.wants_bytes() && !there.is_cut, is_due(each.back, back, now));
    add(each.far.get(), each.back.wants_bytes() && !back.is_cut, is_due(each.there, there, now));
  }

  bool is_due(const relay_pipe& pipe, const link_state& link, time_point now) {
    auto due = pipe.due();
    if (!due || link.is_cut)
      return false;
    if (*due > now)
      earliest = std::min(*due, earliest.value_or(*due));
    return *due <= now;
  }

  [[nodiscard]] int timeout_ms(time_point now) const {
    if (!earliest)
      return -1;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(*earliest - now).count());
  }
};

link_relay::link_relay(dialler_lookup dialler)
    : dialler_{std::move(dialler)}, waker_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!waker_)
    throw std::system_error{errno, std::generic_category(), "cannot create an eventfd"};
  thread_ = std::thread{[this] { work(); }};
}

link_relay::~link_relay() {
  {
    std::lock_guard lock{mutex_};
    ends_ = true;
  }
  wake();
  thread_.join();
}

void link_relay::wake() {
  ::eventfd_write(waker_.get(), 1);
}

void link_relay::carry(unsigned node, const endpoint& at, const endpoint& target) {
  auto listening = listen_at(at);
  {
    std::lock_guard lock{mutex_};
    nodes_.push_back({node, std::move(listening), at.port, target});
  }
  wake();
}

void link_relay::set_link(unsigned from, unsigned to, link_state state) {
  {
    std::lock_guard lock{mutex_};
    links_[{from, to}] = state;
  }
  wake();
}

void link_relay::heal_all() {
  {
    std::lock_guard lock{mutex_};
    links_.clear();
  }
  wake();
}

link_state link_relay::link(unsigned from, unsigned to) const {
  auto found = links_.find({from, to});
  return found == links_.end() ? link_state{} : found->second;
}

void link_relay::work() {
  std::unique_lock lock{mutex_};
  while (!ends_) {
    auto now = std::chrono::steady_clock::now();
    watch_list watched;
    watched.add(waker_.get(), true, false);
    for (const carried_node& each : nodes_)
      watched.add(each.listening.get(), true, false);
    for (const connection& each : connections_)
      watched.add(each, link(each.dialler, each.node), link(each.node, each.dialler), now);

    lock.unlock();
    ::poll(watched.sockets.data(), watched.sockets.size(), watched.timeout_ms(now));
    eventfd_t wakes = 0;
    ::eventfd_read(waker_.get(), &wakes);
    lock.lock();

    for (const carried_node& each : nodes_)
      accept_at(each);
    now = std::chrono::steady_clock::now();
    for (connection& each : connections_) {
      dial_if_possible(each);
      move_bytes(each, now);
    }
    std::erase_if(connections_, [](const connection& each) {
      return each.is_refused || each.there.is_broken() || each.back.is_broken() ||
             (each.there.is_done() && each.back.is_done());
    });
  }
}

void link_relay::accept_at(const carried_node& at) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  owned_socket made{
      ::accept4(at.listening.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!made)
    return;
  int on = 1;
  ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (auto who = dialler_(ntohs(peer.sin_port), at.port))
    connections_.push_back({*who, at.node, at.target, std::move(made), {}, {}, {}, false});
}

void link_relay::dial_if_possible(connection& each) {
  if (each.far || link(each.dialler, each.node).is_cut || link(each.node, each.dialler).is_cut)
    return;
  // A dialler that gave up while the link was cut would not have come through a network either.
  if (!has_hung_up(each.near.get()))
    each.far = dial(each.target);
  each.is_refused = !each.far;
}

void link_relay::move_bytes(connection& each, time_point now) {
  if (!each.far)
    return;
  if (auto state = link(each.dialler, each.node); !state.is_cut) {
    each.there.read(each.near.get(), now + state.delay);
    each.there.write(each.far.get(), now);
  }
  if (auto state = link(each.node, each.dialler); !state.is_cut) {
    each.back.read(each.far.get(), now + state.delay);
    each.back.write(each.near.get(), now);
  }
}

} // namespace weir::scenario
