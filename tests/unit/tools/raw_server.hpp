#pragma once

#include <optional>
#include <string>
#include <thread>

namespace weir::testing {

/// Listens on loopback and answers one connection with bytes that need not be HTTP, or never, until the end
/// of the scope.
class raw_server {
public:
  /// The answer goes out once the client has sent something, and then the connection is closed. Without an
  /// answer the connection stays silent.
  explicit raw_server(std::optional<std::string> answer);
  ~raw_server();
  raw_server(const raw_server&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
  void serve(const std::string& answer) const;

  int socket_ = -1;
  int port_ = 0;
  std::thread thread_;
};

} // namespace weir::testing
