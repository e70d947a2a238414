#include "memory_context.hpp"

#include <weir/detail/builtin.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

/// Listens on a port that the system chose.
class listener {
public:
  listener() : descriptor_{::socket(AF_INET, SOCK_STREAM, 0)} {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address_), sizeof address_) == 0);
    socklen_t size = sizeof address_;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address_), &size);
    ::listen(descriptor_, 1);
  }
  ~listener() { stop(); }

  void stop() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
    descriptor_ = -1;
  }

  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }

  /// Sends the bytes on the next connection and closes it.
  void serve(const std::string& bytes) const {
    int connection = ::accept(descriptor_, nullptr, nullptr);
    REQUIRE(::send(connection, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    ::close(connection);
  }

private:
  int descriptor_;
  sockaddr_in address_{};
};

} // namespace

TEST_CASE("lines that arrive on a socket are read until the peer closes") {
  listener server;
  memory_context context{0, 1};
  auto source = weir::detail::make_socket_text_source("127.0.0.1", server.port());
  source->open(context);
  server.serve("one\r\ntwo\n\n" + std::string(50'000, 'x') + "\nlast");
  while (source->poll() != weir::detail::source_operator::status::ended) {
  }
  CHECK(context.output.lines == std::vector<std::string>{"one", "two", "", std::string(50'000, 'x'), "last"});
}

TEST_CASE("an idle socket does not block the task") {
  listener server;
  memory_context context{0, 1};
  auto source = weir::detail::make_socket_text_source("127.0.0.1", server.port());
  source->open(context);
  CHECK(source->poll() == weir::detail::source_operator::status::idle);
}

TEST_CASE("a peer that is not there is named") {
  listener server;
  std::uint16_t port = server.port();
  server.stop();
  memory_context context{0, 1};
  auto source = weir::detail::make_socket_text_source("127.0.0.1", port);
  CHECK_THROWS_WITH_AS(
      source->open(context),
      ("cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused").c_str(),
      std::runtime_error);
}
