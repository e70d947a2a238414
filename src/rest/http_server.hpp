#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "rest/http_message.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace weir {

struct http_server_settings {
  node_address bind{"127.0.0.1", 0}; ///< port 0: the system chooses
  std::size_t connections_max = 256;
  std::size_t header_bytes_max = 16 * 1024;
  /// All request bodies held at a time. A request that would need more is answered with 503.
  std::uint64_t buffered_bytes_max = 512ull * 1024 * 1024;
  /// For the headers of a request, for the next bytes of a body, for the peer to take a part of an answer,
  /// and between two requests.
  std::chrono::milliseconds idle_timeout{10'000};
  /// A body must come at this rate on average, or the connection is closed: bytes a second.
  std::uint64_t body_rate_min = 16 * 1024;
  /// How long the answer to a complete request may take before the connection gets a 503.
  std::chrono::milliseconds answer_timeout{600'000};
};

/// What a server serves. Runs on the server's thread.
struct http_service {
  /// How long the body of this request may be; called with its headers.
  std::function<std::uint64_t(const http_request&)> body_limit;
  /// Must not block. The reply may be called from any thread, once, also after the server is gone.
  std::function<void(http_request, http_reply)> handle;
};

/// HTTP/1.1 on one thread of its own.
///
/// Made for peers that are slow, wrong or hostile: every connection has a deadline at any moment, every
/// buffer a limit, the number of connections too; when all are taken, the one that has waited longest for the
/// rest of its request makes room. Bytes that are not HTTP get a 400, one line in the log, and the end of the
/// connection; nothing else is affected. A pipelined request waits until the one before is answered.
class http_server {
public:
  virtual ~http_server() = default;

  /// With the port that is really used.
  [[nodiscard]] virtual const node_address& address() const = 0;

  /// Takes connections from now on, on a thread of its own. Once.
  virtual void start(http_service service) = 0;

  /// Runs what it is given on the server's thread; does nothing once the server has stopped, and may be
  /// called even after it is gone.
  [[nodiscard]] virtual std::function<void(std::function<void()>)> poster() = 0;

  /// Stops taking connections, lets answers that are being written go out for at most a second, closes all
  /// and ends the thread. The destructor does it too. Not on the server's own thread.
  virtual void stop() = 0;
};

/// Binds the address, so that a port in use is an error here and not later.
result<std::unique_ptr<http_server>> make_http_server(const http_server_settings& settings,
                                                      weir::clock& clock);

} // namespace weir
