#pragma once

#include "rest/http_message.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A request that found its path.
struct rest_call {
  http_request request;
  std::map<std::string, std::string> path; ///< by name: "/jobs/:jobid" gives "jobid"
};

/// Finds the handler of a request by method and path, and answers where there is none. Every path also exists
/// with
/// "/v1" in front.
class rest_router {
public:
  /// Runs on the server's thread, must not block, and calls the reply once: now, or later on the same thread.
  using handler = std::function<void(rest_call, http_reply)>;

  /// Bodies that need no more than a few fields.
  static constexpr std::uint64_t small_body = 1024 * 1024;

  /// `pattern` is a path whose segments may be ":name". A literal segment wins over a named one. `body_bytes`
  /// limits the request's body.
  void add(std::string_view method, std::string_view pattern, handler handle,
           std::uint64_t body_bytes = small_body);

  /// How long the body of a request may be.
  [[nodiscard]] std::uint64_t body_limit(const http_request& request) const;

  /// Answers 404 for an unknown path, 405 for a method that the path does not have, and 500 when the handler
  /// throws.
  void route(http_request request, http_reply reply) const;

private:
  struct entry {
    std::string method;
    std::vector<std::string> pattern;
    handler handle;
    std::uint64_t body_bytes = small_body;
  };

  struct match {
    const entry* found = nullptr;
    bool path_known = false;
    std::map<std::string, std::string> parameters;
  };

  [[nodiscard]] match find(const http_request& request) const;

  std::vector<entry> entries_;
};

} // namespace weir
