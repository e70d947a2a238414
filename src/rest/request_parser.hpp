#pragma once

#include "rest/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace weir {

/// Reads HTTP/1 requests from the bytes of one connection, as they come, within limits.
///
/// Nothing a peer sends makes it hold more than the limits say: the target and the headers count towards one
/// limit, the body has one that is asked for once its request is known. After a failure the connection is of
/// no more use, since nobody knows where the next request would begin.
class request_parser {
public:
  struct limits {
    std::size_t header_bytes = 16 * 1024; ///< request line and headers together
    std::size_t header_count = 100;
    /// How long the body of this request (method, path and query are set) may be.
    std::function<std::uint64_t(const http_request&)> body_bytes;
  };

  enum class progress {
    more,          ///< give it more bytes
    want_continue, ///< the headers ask for "100 Continue" before the body is sent; then give it more bytes
    complete,      ///< take() the request
    failed,        ///< failure() says why
  };

  struct problem {
    int status = 400;
    std::string text;
  };

  explicit request_parser(limits limits);
  ~request_parser();
  request_parser(request_parser&&) noexcept;
  request_parser& operator=(request_parser&&) noexcept;

  /// Uses bytes up to the end of a request, or of its headers when it returns want_continue; `used` says how
  /// many. The rest is to be given again.
  progress feed(std::string_view bytes, std::size_t& used);

  /// The complete request. The parser is ready for the next one.
  http_request take();

  /// Whether the peer wants to send another request on the connection after the one last completed.
  [[nodiscard]] bool keep_alive() const;

  /// True once the first byte of a request has come, until it is taken.
  [[nodiscard]] bool in_request() const;

  /// True once all headers of the present request have come.
  [[nodiscard]] bool in_body() const;

  /// Bytes of the body held now.
  [[nodiscard]] std::size_t body_size() const;

  /// Requires that feed() returned failed.
  [[nodiscard]] const problem& failure() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace weir
