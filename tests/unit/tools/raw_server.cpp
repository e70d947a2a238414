#include "raw_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <system_error>

namespace weir::testing {
namespace {

int checked(int outcome, const char* what) {
  if (outcome < 0)
    throw std::system_error{errno, std::generic_category(), what};
  return outcome;
}

} // namespace

raw_server::raw_server(std::optional<std::string> answer) {
  socket_ = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  checked(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), "bind");
  checked(::listen(socket_, 8), "listen");
  checked(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port_ = ntohs(address.sin_port);
  if (answer)
    thread_ = std::thread{[this, text = *answer] { serve(text); }};
}

raw_server::~raw_server() {
  ::shutdown(socket_, SHUT_RDWR); // wakes an accept that nobody came to
  if (thread_.joinable())
    thread_.join();
  ::close(socket_);
}

void raw_server::serve(const std::string& answer) const {
  int connection = ::accept(socket_, nullptr, nullptr);
  if (connection < 0)
    return;
  char bytes[4096];
  if (::recv(connection, bytes, sizeof bytes, 0) > 0)
    ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  ::close(connection);
}

} // namespace weir::testing
