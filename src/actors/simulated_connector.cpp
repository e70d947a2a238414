#include "actors/simulated_connector.hpp"

#include "base/log.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace weir::actors {

/// The end of a connect.
struct simulated_connect_ended {
  dial_id dial;
  std::uint64_t link = 0; ///< 0: nobody answers there
};

} // namespace weir::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::simulated_connect_ended)

namespace weir::actors {

namespace {

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using namespace std::chrono_literals;

connection_id id_of(std::uint64_t link, int end) {
  return {static_cast<std::int64_t>(2 * link) + end};
}

std::uint64_t link_of(connection_id id) {
  return static_cast<std::uint64_t>(id.value) / 2;
}

int end_of(connection_id id) {
  return static_cast<int>(id.value % 2);
}

} // namespace

simulated_connector::simulated_connector(caf::actor_config& config,
                                         std::shared_ptr<simulated_network> network, node_identity identity,
                                         node_address address, std::uint32_t frame_bytes_max)
    : caf::event_based_actor{config},
      network_{std::move(network)},
      address_{std::move(address)},
      core_{std::move(identity), {.frame_bytes_max = frame_bytes_max}, *this} {}

caf::behavior simulated_connector::make_behavior() {
  return {
      [this](own_connector& owning) {
        core_.set_epoch(owning.epoch);
        owner_ = std::move(owning.owner);
      },
      [this](const dial& wish) {
        core_.dial(wish.address, wish.expected);
        tick_later();
      },
      [this](send_control& to) { send_frame(to.peer, frame_kind::control, 0, std::move(to.bytes)); },
      [this](send_routed& to) { send_frame(to.peer, frame_kind::routed, to.route, std::move(to.bytes)); },
      [this](bind_route& binding) { routes_[binding.route] = std::move(binding.receiver); },
      [this](const unbind_route& binding) { routes_.erase(binding.route); },
      [this](const close_peer& which) { core_.disconnect(which.peer, which.reason); },
      [this](const simulated_connect_ended& ended) {
        if (ended.link == 0)
          core_.connect_failed(ended.dial, "connection refused");
        else
          core_.connected(ended.dial, id_of(ended.link, 0), clock().now());
      },
      [this](const link_opened& opened) {
        if (!owner_)
          close(id_of(opened.link, 1), true); // as if nobody listened yet
        else
          core_.accepted(id_of(opened.link, 1), opened.remote, clock().now());
        tick_later();
      },
      [this](link_frame& frame) { on_frame(frame); },
      [this](const link_ended& ended) {
        network_->forget_link(ended.link);
        core_.closed(id_of(ended.link, ended.end));
      },
      [this](tick_atom) {
        ticking_ = false;
        core_.tick(clock().now());
        tick_later();
      },
  };
}

void simulated_connector::on_exit() {
  owner_ = nullptr;
  routes_.clear();
  network_ = nullptr;
}

void simulated_connector::send_frame(incarnation_id peer, frame_kind kind, std::uint64_t route,
                                     byte_buffer&& bytes) {
  if (const auto* connection = core_.find(peer))
    write(*connection, {static_cast<std::uint32_t>(bytes.size()), kind, route}, std::move(bytes));
}

void simulated_connector::on_frame(link_frame& frame) {
  if (network_->is_broken(frame.link))
    return; // was in flight when the connection broke
  auto id = id_of(frame.link, frame.end);
  auto head = encode(frame.header);
  core_.received(id, {head.begin(), head.end()});
  if (frame.header.length > 0)
    core_.received(id, std::move(frame.payload));
}

void simulated_connector::tick_later() {
  if (ticking_ || !core_.handshakes_pending())
    return;
  ticking_ = true;
  delayed_send(this, 500ms, tick_atom::value);
}

template <class Message>
bool simulated_connector::send_over(connection_id connection, Message message) {
  auto hop = network_->next_hop(link_of(connection), 1 - end_of(connection), clock().now());
  if (!hop)
    return false;
  if (hop->is_cut)
    network_->keep(link_of(connection), 1 - end_of(connection), caf::make_message(std::move(message)));
  else if (hop->delay.count() == 0)
    send(hop->to, std::move(message));
  else
    delayed_send(hop->to, hop->delay, std::move(message));
  return true;
}

void simulated_connector::connect(dial_id dial, const node_address& address) {
  constexpr std::chrono::nanoseconds longest = connection_limits{}.handshake_timeout;
  auto length = network_->connect_time(address_, address, clock().now());
  auto link = length <= longest ? network_->open_link(address_, caf::actor_cast<caf::actor>(this), address)
                                : std::nullopt;
  if (link)
    send_over(id_of(*link, 0), link_opened{*link, address_});
  delayed_send(this, std::min(length, longest), simulated_connect_ended{dial, link.value_or(0)});
}

void simulated_connector::write(connection_id connection, const frame_header& header, byte_buffer&& payload) {
  send_over(connection, link_frame{link_of(connection), 1 - end_of(connection), header, std::move(payload)});
}

void simulated_connector::close(connection_id connection, bool) {
  if (!send_over(connection, link_ended{link_of(connection), 1 - end_of(connection)}))
    network_->forget_link(link_of(connection));
}

void simulated_connector::warn(const std::string& sentence) {
  log::actors.warn(sentence);
}

void simulated_connector::peer_is_up(const node_identity& peer, const node_address& address) {
  send(owner_, peer_up{peer.self, peer.role, peer.epoch, address});
}

void simulated_connector::peer_is_down(incarnation_id peer, const std::string& reason) {
  send(owner_, peer_down{peer, reason});
}

void simulated_connector::dial_has_failed(const node_address& address, incarnation_id expected,
                                          const std::string& reason) {
  send(owner_, dial_failed{address, expected, reason});
}

void simulated_connector::got_control(incarnation_id peer, byte_buffer&& bytes) {
  send(owner_, received_control{peer, std::move(bytes)});
}

void simulated_connector::got_routed(std::uint64_t route, byte_buffer&& bytes) {
  auto to = routes_.find(route);
  if (to != routes_.end())
    send(to->second, received_routed{route, std::move(bytes)});
}

} // namespace weir::actors
