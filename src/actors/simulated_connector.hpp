#pragma once

#include "actors/connection_core.hpp"
#include "actors/connector.hpp"
#include "actors/simulated_network.hpp"

#include <caf/event_based_actor.hpp>

#include <map>
#include <memory>

namespace weir::actors {

// Between simulated connectors; `end` is the receiver's: 0 dialled, 1 accepted.

struct link_opened {
  std::uint64_t link = 0;
  node_address remote;
};

struct link_frame {
  std::uint64_t link = 0;
  int end = 0;
  frame_header header;
  byte_buffer payload;
};

struct link_ended {
  std::uint64_t link = 0;
  int end = 0;
};

/// The connector of a node of a simulated network: the same core as over TCP, with messages for packets.
class simulated_connector final : public caf::event_based_actor, private connection_shell {
public:
  simulated_connector(caf::actor_config& config, std::shared_ptr<simulated_network> network,
                      node_identity identity, node_address address, std::uint32_t frame_bytes_max);

  const char* name() const override { return "simulated_connector"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void send_frame(incarnation_id peer, frame_kind kind, std::uint64_t route, byte_buffer&& bytes);
  void on_frame(link_frame& frame);
  void tick_later();

  template <class Message>
  bool send_over(connection_id connection, Message message);

  void connect(dial_id dial, const node_address& address) override;
  void read(connection_id, std::size_t) override {} // frames come whole
  void write(connection_id connection, const frame_header& header, byte_buffer&& payload) override;
  void close(connection_id connection, bool drop) override;
  void warn(const std::string& sentence) override;
  void peer_is_up(const node_identity& peer, const node_address& address) override;
  void peer_is_down(incarnation_id peer, const std::string& reason) override;
  void dial_has_failed(const node_address& address, incarnation_id expected,
                       const std::string& reason) override;
  void got_control(incarnation_id peer, byte_buffer&& bytes) override;
  void got_routed(std::uint64_t route, byte_buffer&& bytes) override;

  std::shared_ptr<simulated_network> network_;
  node_address address_;
  connection_core core_;
  caf::actor owner_;
  std::map<std::uint64_t, caf::actor> routes_;
  bool ticking_ = false;
};

} // namespace weir::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::link_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::link_frame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::link_ended)
