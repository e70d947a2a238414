#pragma once

#include "rest_address.hpp"

#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::tools {

/// What the master answered to a request that succeeded.
struct rest_reply {
  int status = 0; ///< 200 to 299
  std::string body;
  nlohmann::json parsed; ///< null for an empty body
};

/// Asks a master's REST server, over one connection per request. Not thread-safe.
///
/// Every failure is an error whose sentence can be shown as it is: an unreachable master, one that takes
/// longer than the timeout, an answer that is not JSON, and a refusal, whose text is the server's own. The
/// code of a refusal follows from its HTTP status: 404 not_found, 409 already_exists, 408 timed_out, 503
/// unavailable, any other 4xx invalid_argument, the rest failed.
class rest_client {
public:
  static constexpr std::chrono::milliseconds default_timeout = std::chrono::seconds{30};
  /// Longer answers are errors.
  static constexpr std::uint64_t answer_bytes_max = 256ull * 1024 * 1024;

  /// `timeout` limits the connecting, and each silence of the server while it answers.
  explicit rest_client(rest_address master, std::chrono::milliseconds timeout = default_timeout);

  /// Fails when `host_port` is no "HOST:PORT"; nothing is asked of the master yet.
  static result<rest_client> at(std::string_view host_port,
                                std::chrono::milliseconds timeout = default_timeout);

  [[nodiscard]] const rest_address& master() const { return master_; }

  /// `path` begins with '/', and what stands in it and in its query is already url_encoded().
  result<rest_reply> get(const std::string& path);
  result<rest_reply> post(const std::string& path, const nlohmann::json& body);
  result<rest_reply> put(const std::string& path, const nlohmann::json& body);
  result<rest_reply> patch(const std::string& path);
  result<rest_reply> del(const std::string& path);

  /// Sends bytes as they are.
  result<rest_reply> put_bytes(const std::string& path, std::string bytes);

private:
  result<rest_reply> send(const char* method, const std::string& path, std::string body,
                          const char* content_type);

  rest_address master_;
  std::chrono::milliseconds timeout_;
};

/// Escapes all but letters, digits and "-._~", for a segment of a path or a value in a query.
std::string url_encoded(std::string_view text);

} // namespace weir::tools
