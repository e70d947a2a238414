#pragma once

#include "wire/control_messages.hpp"

#include <string>
#include <string_view>

namespace weir::testing {

/// A TCP connection that sends whatever bytes a test likes.
class raw_connection {
public:
  explicit raw_connection(const node_address& to);
  ~raw_connection();
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  /// Returns false when the peer has closed before all was sent.
  bool send(std::string_view bytes);

  /// No more bytes from this side.
  void end_sending();

  /// Bytes up to and with `end`; what has come so far when the peer closes before, or nothing comes for 10
  /// seconds.
  std::string read_until(std::string_view end);

  /// Everything until the peer closes.
  std::string read_all();

  /// Reads one answer with a Content-Length.
  std::string read_answer();

private:
  bool read_some();

  int socket_ = -1;
  std::string unread_;
};

} // namespace weir::testing
