#include "relay_sockets.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::scenario {

namespace {

sockaddr_in address_of(const endpoint& where) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(where.port);
  if (::inet_pton(AF_INET, where.host.c_str(), &address.sin_addr) != 1)
    throw std::system_error{EINVAL, std::generic_category(), "'" + where.host + "' is no IPv4 address"};
  return address;
}

owned_socket new_socket() {
  return owned_socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

/// The port in "0100007F:1F90", as /proc/net/tcp has it.
unsigned long port_in(const std::string& address) {
  return std::stoul(address.substr(address.find(':') + 1), nullptr, 16);
}

} // namespace

owned_socket::~owned_socket() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

owned_socket listen_at(const endpoint& at) {
  sockaddr_in address = address_of(at);
  owned_socket made = new_socket();
  int on = 1;
  ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(made.get(), SOMAXCONN) != 0)
    throw std::system_error{errno, std::generic_category(),
                            "cannot listen at " + at.host + ':' + std::to_string(at.port)};
  return made;
}

owned_socket dial(const endpoint& to) {
  sockaddr_in address = address_of(to);
  owned_socket made = new_socket();
  int on = 1;
  ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    return {};
  return made;
}

bool has_hung_up(int socket) {
  pollfd asked{socket, POLLRDHUP, 0};
  return ::poll(&asked, 1, 0) > 0;
}

std::optional<ino_t> socket_number(std::uint16_t local, std::uint16_t remote) {
  std::ifstream file{"/proc/net/tcp"};
  file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields{line};
    std::string slot, from, to, state, queues, timer, retransmits, user, timeout;
    ino_t number = 0;
    fields >> slot >> from >> to >> state >> queues >> timer >> retransmits >> user >> timeout >> number;
    if (fields && port_in(from) == local && port_in(to) == remote)
      return number;
  }
  return std::nullopt;
}

bool has_socket(pid_t process, ino_t number) {
  std::string wanted = "socket:[" + std::to_string(number) + "]";
  std::error_code gone; // the process may end meanwhile
  std::filesystem::directory_iterator entry{"/proc/" + std::to_string(process) + "/fd", gone}, end;
  for (; !gone && entry != end; entry.increment(gone)) {
    std::error_code closed;
    if (std::filesystem::read_symlink(entry->path(), closed) == wanted)
      return true;
  }
  return false;
}

} // namespace weir::scenario
