#pragma once

#include "base/result.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

/// The few calls for TCP sockets that CAF lacks: a listen that says why it failed, and a connect that ends in
/// time.
namespace weir::actors {

/// Closes its socket unless somebody took it.
class socket_owner {
public:
  socket_owner() = default;
  explicit socket_owner(int socket) : socket_{socket} {}
  socket_owner(socket_owner&& other) noexcept : socket_{other.take()} {}
  socket_owner& operator=(socket_owner&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
  }
  ~socket_owner();

  explicit operator bool() const { return socket_ >= 0; }
  [[nodiscard]] int get() const { return socket_; }
  [[nodiscard]] int take() { return std::exchange(socket_, -1); }

private:
  int socket_ = -1;
};

/// A socket that listens on a local address. Errors name the address and what to do.
result<socket_owner> listen_on(const std::string& host, std::uint16_t port);

/// The port a listening socket got.
std::uint16_t local_port(const socket_owner& socket);

/// A connected socket. Blocks for `timeout` at most, the resolution of the name apart, whose time the system
/// limits.
result<socket_owner> connect_to(const node_address& address, std::chrono::milliseconds timeout);

/// Makes the system give a connection up whose peer takes no bytes for so long.
void limit_unsent_time(int socket, std::chrono::milliseconds limit);

/// Ends both directions at once, whatever still waits to be sent.
void cut(int socket);

} // namespace weir::actors
