#pragma once

#include "actors/node.hpp"
#include "base/ids.hpp"
#include "wire/control_messages.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <string>

/// The connector: the one actor of a node that talks to other nodes. `tcp_connector.hpp` does it over TCP,
/// `simulated_connector.hpp` inside one process. Both speak this protocol, so nothing else knows which one it
/// has.
///
///     owner ──▶ connector   own_connector first, then dial, send_control, close_peer
///     anyone ─▶ connector   send_routed, bind_route, unbind_route
///     connector ──▶ owner   peer_up, peer_down, dial_failed, received_control
///     connector ──▶ the actor bound to a route: received_routed
///
/// Between two nodes there is at most one connection. What is sent on it arrives once and in order, control
/// and routed frames alike, or the connection ends: then both sides get peer_down, each when it notices, and
/// what was in flight is lost. Nothing is ever sent again by the connector. What is sent to a peer that is
/// not connected is dropped, without a sign: peer_down is the sign.
namespace weir::actors {

/// The connector of a node, who the node is in this life, and where other nodes reach it.
struct connector {
  caf::actor actor;
  incarnation_id self;
  node_address address;
};

// ---- to the connector

/// Starts the connector, whose events go to `owner` from now on. Before this it neither accepts nor dials.
struct own_connector {
  caf::actor owner;
  leader_epoch epoch; ///< of a master; told to every peer in the handshake
};

/// Connects to a node. Answered by one peer_up or dial_failed; by peer_up at once if there is a connection
/// already.
struct dial {
  node_address address;
  incarnation_id expected; ///< the dial fails if another process answers there; zero: any process will do
};

/// Bytes for the owner of the peer's connector. At most `transport.max-frame-size`.
struct send_control {
  incarnation_id peer;
  byte_buffer bytes;
};

/// Bytes for the actor that the peer bound to `route`. At most `transport.max-frame-size`.
struct send_routed {
  incarnation_id peer;
  std::uint64_t route = 0;
  byte_buffer bytes;
};

/// Routed frames that name `route` go to `receiver`. A route is used once in the life of the process.
struct bind_route {
  std::uint64_t route = 0;
  caf::actor receiver;
};

/// Frames for the route are dropped from now on.
struct unbind_route {
  std::uint64_t route = 0;
};

/// Ends the connection; the owner gets peer_down.
struct close_peer {
  incarnation_id peer;
  std::string reason; ///< for the log of this node
};

// ---- from the connector

struct peer_up {
  incarnation_id peer;
  node_role role = node_role::worker;
  leader_epoch epoch;   ///< of a master
  node_address address; ///< the dialled one; of an accepted connection the peer's own end of it
};

struct peer_down {
  incarnation_id peer;
  std::string reason;
};

struct dial_failed {
  node_address address;
  incarnation_id expected;
  std::string reason; ///< "cannot connect to h:1: connection refused"
};

struct received_control {
  incarnation_id peer;
  byte_buffer bytes;
};

struct received_routed {
  std::uint64_t route = 0;
  byte_buffer bytes;
};

} // namespace weir::actors

// These stay inside the process. A handler that takes one by non-const reference may move its bytes out.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::own_connector)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::dial)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::send_control)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::send_routed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::bind_route)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::unbind_route)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::close_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::peer_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::peer_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::dial_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::received_control)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::received_routed)
