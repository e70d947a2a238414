#include "raw_connection.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace weir::testing {

raw_connection::raw_connection(const node_address& to)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  ::inet_pton(AF_INET, to.host.c_str(), &address.sin_addr);
  REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
}

raw_connection::~raw_connection() {
  ::close(socket_);
}

bool raw_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void raw_connection::end_sending() {
  ::shutdown(socket_, SHUT_WR);
}

bool raw_connection::read_some() {
  constexpr int patience_ms = 10'000;
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, patience_ms) <= 0)
    return false;
  std::array<char, 65536> buffer;
  ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (count <= 0)
    return false;
  unread_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::string raw_connection::read_until(std::string_view end) {
  std::size_t at = unread_.find(end);
  while (at == std::string::npos && read_some())
    at = unread_.find(end);
  std::size_t length = at == std::string::npos ? unread_.size() : at + end.size();
  std::string text = unread_.substr(0, length);
  unread_.erase(0, length);
  return text;
}

std::string raw_connection::read_all() {
  while (read_some()) {
  }
  return std::exchange(unread_, {});
}

std::string raw_connection::read_answer() {
  constexpr std::string_view length_header = "Content-Length: ";
  std::string answer = read_until("\r\n\r\n");
  std::size_t at = answer.find(length_header);
  if (at == std::string::npos)
    return answer;
  std::size_t length = std::stoul(answer.substr(at + length_header.size()));
  while (unread_.size() < length && read_some()) {
  }
  answer += unread_.substr(0, length);
  unread_.erase(0, length);
  return answer;
}

} // namespace weir::testing
