#include "ports.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::scenario {

bool is_free(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    return false;
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int reuse = 1; // as the nodes do: connections of before that are still closing do not count
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
               ::listen(socket, 1) == 0;
  ::close(socket);
  return bound;
}

std::uint16_t unused_port(const std::vector<std::string>& hosts) {
  // Below what the system chooses for connections by default, so that none of those takes it while its node
  // is being restarted.
  constexpr unsigned lowest = 10'000, highest = 32'000, tries = 1'000;
  static std::mt19937 random{std::random_device{}()};
  for (unsigned i = 0; i < tries; ++i) {
    auto port = static_cast<std::uint16_t>(std::uniform_int_distribution<unsigned>{lowest, highest}(random));
    if (std::ranges::all_of(hosts, [&](const std::string& host) { return is_free(host, port); }))
      return port;
  }
  throw std::runtime_error{"no TCP port from 10000 to 32000 is free"};
}

} // namespace weir::scenario
