#pragma once

#include "actors/connector.hpp"
#include "actors/handshake.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace weir {
class configuration;
}

namespace weir::actors {

struct tcp_connector_settings {
  node_identity identity;
  std::string bind_host = "127.0.0.1";              ///< *.bind-host
  std::uint16_t port = 0;                           ///< 0: the system chooses
  std::string host = "127.0.0.1";                   ///< under which others reach this node
  std::uint32_t frame_bytes_max = 32 * 1024 * 1024; ///< transport.max-frame-size
  std::chrono::milliseconds connect_timeout{5'000}; ///< transport.connect-timeout
  std::chrono::milliseconds peer_timeout{
      10'000}; ///< heartbeat.timeout: bytes not taken for so long end a connection
};

/// The settings for a node of that role, with an incarnation drawn from the platform.
tcp_connector_settings tcp_settings(const configuration& settings, node_role role, platform& environment);

/// Listens, and starts the connector of this process. Fails when the port is taken or the host is not of this
/// machine. The system must have loaded caf::io::middleman, and `environment` must live longer than it. The
/// actor ends by caf::anon_send_exit.
result<connector> start_tcp_connector(caf::actor_system& system, platform& environment,
                                      const tcp_connector_settings& settings);

} // namespace weir::actors
