#include "deadline.hpp"
#include "link_relay.hpp"
#include "ports.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace weir::scenario;
using namespace std::chrono_literals;
using weir::testing::comes_true;

namespace {

/// Node 1 listens, node 2 dials, and the relay is between them.
struct two_nodes {
  two_nodes() { relay.carry(1, relayed, own); }

  owned_socket dial_node() {
    auto made = dial(relayed);
    REQUIRE(made);
    return made;
  }

  /// Whoever came to node 1; none if nobody comes within `limit`.
  owned_socket accept_one(weir::testing::duration limit = weir::testing::patience) {
    owned_socket made;
    comes_true(
        [&] {
          made = owned_socket{::accept4(listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
          return static_cast<bool>(made);
        },
        limit);
    return made;
  }

  std::uint16_t port = unused_port({"127.0.0.1", "127.0.1.77"});
  endpoint own{"127.0.0.1", port};
  endpoint relayed{"127.0.1.77", port};
  owned_socket listening = listen_at(own);
  link_relay relay{[](std::uint16_t, std::uint16_t) { return 2; }};
};

void send_to(const owned_socket& to, std::string_view text) {
  REQUIRE(comes_true([&] {
    auto count = ::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL);
    return count == static_cast<ssize_t>(text.size());
  }));
}

/// Reads until `size` bytes have come, the end, or the limit.
std::string receive(const owned_socket& from, std::size_t size,
                    weir::testing::duration limit = weir::testing::patience) {
  std::string all;
  comes_true(
      [&] {
        static char buffer[1 << 20];
        auto count = ::recv(from.get(), buffer, sizeof buffer, 0);
        if (count > 0)
          all.append(buffer, static_cast<std::size_t>(count));
        return count == 0 || all.size() >= size;
      },
      limit);
  return all;
}

bool ends(const owned_socket& socket, weir::testing::duration limit = weir::testing::patience) {
  return comes_true([&] { return has_hung_up(socket.get()); }, limit);
}

constexpr auto moment = 100ms; // in which nothing is to come

} // namespace

TEST_CASE("bytes and the end of a connection go both ways") {
  two_nodes nodes;
  auto near = nodes.dial_node();
  send_to(near, "there");
  auto far = nodes.accept_one();
  CHECK(receive(far, 5) == "there");
  send_to(far, "back");
  CHECK(receive(near, 4) == "back");
  near = {};
  CHECK(ends(far));
}

TEST_CASE("what does not fit waits, and nothing of it is lost") {
  two_nodes nodes;
  auto near = nodes.dial_node();
  auto far = nodes.accept_one();
  std::string much(8 << 20, 'x');
  for (std::size_t i = 0; i < much.size(); ++i)
    much[i] = static_cast<char>('a' + i % 23);
  std::size_t sent = 0;
  std::string received;
  REQUIRE(comes_true([&] {
    if (sent < much.size())
      if (auto count = ::send(near.get(), much.data() + sent, much.size() - sent, MSG_NOSIGNAL); count > 0)
        sent += static_cast<std::size_t>(count);
    received += receive(far, 1, 1ms);
    return received.size() == much.size();
  }));
  CHECK(received == much);
}

TEST_CASE("a cut link holds back bytes and ends until it is healed") {
  two_nodes nodes;
  auto near = nodes.dial_node();
  auto far = nodes.accept_one();
  nodes.relay.set_link(2, 1, {.is_cut = true});
  send_to(near, "late");
  near = {};
  CHECK(receive(far, 1, moment) == "");
  CHECK(!ends(far, 1ms));
  nodes.relay.heal_all();
  CHECK(receive(far, 4) == "late");
  CHECK(ends(far));
}

TEST_CASE("a link that is cut one way carries the other way") {
  two_nodes nodes;
  auto near = nodes.dial_node();
  auto far = nodes.accept_one();
  nodes.relay.set_link(2, 1, {.is_cut = true});
  send_to(far, "back");
  CHECK(receive(near, 4) == "back");
}

TEST_CASE("nobody comes through a cut link, and who gave up before it was healed does not come at all") {
  two_nodes nodes;
  nodes.relay.set_link(1, 2, {.is_cut = true});
  auto patient = nodes.dial_node();
  send_to(patient, "hello");
  {
    auto impatient = nodes.dial_node();
    send_to(impatient, "never");
  }
  CHECK(!nodes.accept_one(moment));
  nodes.relay.heal_all();
  CHECK(receive(nodes.accept_one(), 5) == "hello");
  CHECK(!nodes.accept_one(moment));
}

TEST_CASE("a slow link delays what it carries, in order") {
  two_nodes nodes;
  auto near = nodes.dial_node();
  auto far = nodes.accept_one();
  nodes.relay.set_link(2, 1, {.delay = 300ms});
  auto begin = std::chrono::steady_clock::now();
  send_to(near, "a");
  CHECK(receive(far, 1, moment) == "");
  nodes.relay.heal_all();
  send_to(near, "b");
  CHECK(receive(far, 2) == "ab");
  CHECK(std::chrono::steady_clock::now() - begin >= 300ms);
}

TEST_CASE("a node that does not listen ends the connection, and so does a dialler that nobody knows") {
  two_nodes nodes;
  nodes.listening = {};
  CHECK(ends(nodes.dial_node()));

  link_relay suspicious{[](std::uint16_t, std::uint16_t) { return std::nullopt; }};
  endpoint at{"127.0.1.78", unused_port({"127.0.1.78"})};
  suspicious.carry(1, at, nodes.own);
  auto stranger = dial(at);
  REQUIRE(stranger);
  CHECK(ends(stranger));
}

TEST_CASE("the process at the end of a connection is found") {
  auto port = unused_port({"127.0.0.1"});
  auto listening = listen_at({"127.0.0.1", port});
  auto near = dial({"127.0.0.1", port});
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(near.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  auto own_port = ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  auto number = socket_number(own_port, port);
  REQUIRE(number);
  CHECK(has_socket(::getpid(), *number));
  CHECK(!has_socket(::getppid(), *number));
  CHECK(!socket_number(own_port, own_port));
}
