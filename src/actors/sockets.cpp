#include "actors/sockets.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace weir::actors {

namespace {

std::string reason(int code) {
  return std::strerror(code);
}

using address_list = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

result<address_list> resolve(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int code =
      ::getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0)
    return error{errc::not_found,
                 "unknown host '" + host +
                     "': " + (code == EAI_SYSTEM ? reason(errno) : std::string{::gai_strerror(code)})};
  return address_list{found, &::freeaddrinfo};
}

result<socket_owner> connect_one(const addrinfo& to, std::chrono::milliseconds timeout) {
  socket_owner made{::socket(to.ai_family, to.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to.ai_protocol)};
  if (!made)
    return error{errc::io_failed, reason(errno)};
  if (::connect(made.get(), to.ai_addr, to.ai_addrlen) == 0)
    return made;
  if (errno != EINPROGRESS)
    return error{errc::unavailable, reason(errno)};
  pollfd wait{made.get(), POLLOUT, 0};
  int ready = 0;
  do
    ready = ::poll(&wait, 1, static_cast<int>(timeout.count()));
  while (ready < 0 && errno == EINTR);
  if (ready == 0)
    return error{errc::timed_out,
                 "no answer within " + std::to_string(timeout.count()) + " ms (transport.connect-timeout)"};
  int failure = 0;
  socklen_t size = sizeof failure;
  if (ready < 0 || ::getsockopt(made.get(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
    failure = errno;
  if (failure != 0)
    return error{errc::unavailable, reason(failure)};
  return made;
}

} // namespace

socket_owner::~socket_owner() {
  if (socket_ >= 0)
    ::close(socket_);
}

result<socket_owner> listen_on(const std::string& host, std::uint16_t port) {
  auto context = "cannot listen on " + to_string(node_address{host, port});
  auto addresses = resolve(host, port, AI_PASSIVE);
  if (!addresses)
    return addresses.failure().wrap(context);
  int failure = EADDRNOTAVAIL;
  for (const auto* to = addresses->get(); to; to = to->ai_next) {
    socket_owner made{::socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, to->ai_protocol)};
    int on = 1;
    // Without it a master could not come back on its port while the connections of its last life time out.
    if (made && ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        ::bind(made.get(), to->ai_addr, to->ai_addrlen) == 0 && ::listen(made.get(), SOMAXCONN) == 0)
      return made;
    failure = errno;
  }
  if (failure == EADDRINUSE)
    return error{errc::already_exists,
                 context + ": another process has the port; stop it or configure another port"};
  return error{errc::io_failed, context + ": " + reason(failure)};
}

std::uint16_t local_port(const socket_owner& socket) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&local), &size) != 0)
    return 0;
  return ntohs(local.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(local).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(local).sin_port);
}

result<socket_owner> connect_to(const node_address& address, std::chrono::milliseconds timeout) {
  auto addresses = resolve(address.host, address.port, 0);
  if (!addresses)
    return addresses.failure();
  error last{errc::unavailable, "the host has no address"};
  for (const auto* to = addresses->get(); to; to = to->ai_next) {
    auto made = connect_one(*to, timeout);
    if (made)
      return made;
    last = made.failure();
    if (last.code() == errc::timed_out) // the limit is one for all addresses of the host
      break;
  }
  return last;
}

void limit_unsent_time(int socket, std::chrono::milliseconds limit) {
  auto value = static_cast<unsigned>(limit.count());
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof value);
}

void cut(int socket) {
  ::shutdown(socket, SHUT_RDWR);
}

} // namespace weir::actors
