#pragma once

#include <functional>
#include <memory>
#include <string>

namespace weir::testing {

/// What came in, and what goes out.
struct canned_request {
  std::string method;
  std::string target; ///< path and query as sent
  std::string host;   ///< the header
  std::string body;
};

struct canned_answer {
  int status = 200;
  std::string body = "{}";
  std::string content_type = "application/json";
};

/// An HTTP server on loopback, on a port that the system chooses, until the end of the scope.
class canned_server {
public:
  /// `answer` runs on a thread of the server.
  explicit canned_server(std::function<canned_answer(const canned_request&)> answer);
  ~canned_server();
  canned_server(const canned_server&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
  class running;
  std::unique_ptr<running> running_;
  int port_ = 0;
};

} // namespace weir::testing
