#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>

namespace weir::scenario {

/// An IPv4 address and a TCP port.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;
};

/// Owns a file descriptor.
class owned_socket {
public:
  owned_socket() = default;
  explicit owned_socket(int descriptor) : descriptor_{descriptor} {}
  owned_socket(owned_socket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  owned_socket& operator=(owned_socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~owned_socket();

  [[nodiscard]] int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

private:
  int descriptor_ = -1;
};

/// Throws std::system_error when one cannot listen there. The socket does not block.
owned_socket listen_at(const endpoint& at);

/// Nothing when nobody listens there. The socket does not block, and may still be connecting.
owned_socket dial(const endpoint& to);

/// Will the other side send no more, whatever is still to be read from it?
bool has_hung_up(int socket);

/// The socket's number in the system, of the end at `local` of a connection on this machine.
std::optional<ino_t> socket_number(std::uint16_t local, std::uint16_t remote);

/// Has a process this socket open?
bool has_socket(pid_t process, ino_t number);

} // namespace weir::scenario
