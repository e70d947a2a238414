#include "actors/tcp_connector.hpp"

#include "actors/frame_header.hpp"
#include "actors/node_system.hpp"
#include "actors/sockets.hpp"
#include "base/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>
#include <caf/others.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>

#include <atomic>
#include <numeric>
#include <optional>

/// CAF 0.17 leaves a socket's servant behind when the middleman stops before it has seen the last event of
/// that socket, as in the tests that end a node a moment after its start.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:caf::io::network::default_multiplexer::new_doorman\n"
         "leak:caf::io::network::default_multiplexer::new_scribe\n";
}

using namespace std::chrono_literals;
using namespace weir;
using namespace weir::actors;

namespace {

/// Far more than any step takes; a test that works never waits for it.
constexpr auto patience = std::chrono::seconds{30};

/// One process's worth of network: an actor system, its connector, and an owner that the test speaks for.
struct tcp_node {
  explicit tcp_node(std::uint64_t number, std::string version = "1.0", std::chrono::milliseconds timeout = 5s)
      : system{config}, owner{std::make_optional<caf::scoped_actor>(system)} {
    tcp_connector_settings settings{.identity = {.self = {{0, number}},
                                                 .role = node_role::worker,
                                                 .version = std::move(version),
                                                 .abi = "abi"},
                                    .connect_timeout = timeout};
    auto started = start_tcp_connector(system, *environment, settings);
    REQUIRE(started);
    network = *started;
    (*owner)->send(network.actor, own_connector{*owner, {}});
  }

  ~tcp_node() {
    end_connector();
    owner.reset();
  }

  void end_connector() {
    if (network.actor)
      caf::anon_send_exit(network.actor, caf::exit_reason::user_shutdown);
    network.actor = nullptr;
  }

  template <class Message>
  void send(Message message) {
    (*owner)->send(network.actor, std::move(message));
  }

  /// The next event of that kind; what comes before it is not looked at.
  template <class Event>
  std::optional<Event> next() {
    std::optional<Event> found;
    bool waiting = true;
    while (!found && waiting)
      (*owner)->receive([&](Event& event) { found = std::move(event); },
                        caf::others >>
                            [](caf::message_view&) -> caf::result<caf::message> { return caf::message{}; },
                        caf::after(patience) >> [&] { waiting = false; });
    return found;
  }

  incarnation_id self() const { return network.self; }

  std::unique_ptr<platform> environment = make_system_platform();
  node_system_config config{true};
  caf::actor_system system;
  std::optional<caf::scoped_actor> owner;
  connector network;
};

/// The log lines of a test, instead of standard error.
struct caught_log {
  caught_log() {
    log::set_writer([this](std::string_view) { ++lines; });
  }
  ~caught_log() { log::set_writer({}); }
  std::atomic<int> lines{0};
};

byte_buffer pattern(std::size_t size, unsigned seed) {
  byte_buffer bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>((i * 31 + seed) >> (i % 3));
  return bytes;
}

/// Sends bytes to the port, and returns what comes back until the other side closes.
byte_buffer speak(const node_address& to, const byte_buffer& bytes) {
  auto socket = connect_to(to, 5s);
  REQUIRE(socket);
  ::fcntl(socket->get(), F_SETFL, 0); // waits, unlike the node's own sockets
  timeval limit{30, 0};
  ::setsockopt(socket->get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  CHECK(::send(socket->get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(bytes.size()));
  byte_buffer answer;
  char piece[4096];
  for (ssize_t count = 1; count > 0;) {
    count = ::recv(socket->get(), piece, sizeof piece, 0);
    if (count > 0)
      answer.insert(answer.end(), piece, piece + count);
    else
      CHECK_MESSAGE((count == 0 || errno == ECONNRESET), "the node did not close");
  }
  return answer;
}

} // namespace

TEST_CASE("frames of all sizes cross a connection in order, control and routed alike") {
  tcp_node a{1}, b{2};
  b.send(bind_route{77, *b.owner});
  a.send(dial{b.network.address, b.self()});
  REQUIRE(a.next<peer_up>());
  auto up = b.next<peer_up>();
  REQUIRE(up);
  CHECK(up->peer == a.self());
  const std::size_t sizes[] = {0, 1, 15, 16, 17, 1023, 32 * 1024, 128 * 1024, 1, 3'000'000, 5};
  unsigned number = 0;
  for (auto size : sizes) {
    a.send(send_control{b.self(), pattern(size, ++number)});
    a.send(send_routed{b.self(), 77, pattern(size, ++number)});
  }
  number = 0;
  for (auto size : sizes) {
    auto control = b.next<received_control>();
    REQUIRE(control);
    CHECK(control->peer == a.self());
    CHECK(control->bytes == pattern(size, ++number));
    auto routed = b.next<received_routed>();
    REQUIRE(routed);
    CHECK(routed->route == 77);
    CHECK(routed->bytes == pattern(size, ++number));
  }
}

TEST_CASE("two nodes that dial each other at once are both connected, once") {
  for (int round = 0; round < 10; ++round) {
    tcp_node a{1}, b{2};
    a.send(dial{b.network.address, b.self()});
    b.send(dial{a.network.address, a.self()});
    REQUIRE(a.next<peer_up>());
    REQUIRE(b.next<peer_up>());
    a.send(send_control{b.self(), pattern(100, 1)});
    b.send(send_control{a.self(), pattern(100, 2)});
    auto at_b = b.next<received_control>();
    auto at_a = a.next<received_control>();
    REQUIRE(at_a);
    REQUIRE(at_b);
    CHECK(at_b->bytes == pattern(100, 1));
    CHECK(at_a->bytes == pattern(100, 2));
  }
}

TEST_CASE("the end of a node is noticed by its peers") {
  tcp_node a{1};
  auto b = std::make_unique<tcp_node>(2);
  a.send(dial{b->network.address, b->self()});
  REQUIRE(a.next<peer_up>());
  b.reset();
  auto down = a.next<peer_down>();
  REQUIRE(down);
  CHECK(down->peer == incarnation_id{{0, 2}});
}

TEST_CASE("a peer that was disconnected can be dialled again") {
  tcp_node a{1}, b{2};
  a.send(dial{b.network.address, b.self()});
  REQUIRE(a.next<peer_up>());
  a.send(close_peer{b.self(), "test"});
  REQUIRE(a.next<peer_down>());
  REQUIRE(b.next<peer_down>());
  b.send(dial{a.network.address, a.self()});
  REQUIRE(a.next<peer_up>());
  REQUIRE(b.next<peer_up>());
}

TEST_CASE("a dial to nobody fails with the reason") {
  tcp_node a{1};
  node_address nobody;
  {
    tcp_node gone{2};
    nobody = gone.network.address;
  }
  a.send(dial{nobody, {}});
  auto failed = a.next<dial_failed>();
  REQUIRE(failed);
  CHECK(failed->address == nobody);
  CHECK(failed->reason.find("refused") != std::string::npos);
  a.send(dial{{"no-such-host.invalid", 1}, {}});
  failed = a.next<dial_failed>();
  REQUIRE(failed);
  CHECK(failed->reason.find("no-such-host.invalid") != std::string::npos);
}

TEST_CASE("a dial to a process that listens and says nothing fails in time") {
  tcp_node a{1, "1.0", 300ms};
  auto silent = listen_on("127.0.0.1", 0);
  REQUIRE(silent);
  a.send(dial{{"127.0.0.1", local_port(*silent)}, {}});
  auto failed = a.next<dial_failed>();
  REQUIRE(failed);
  CHECK(failed->reason.find("transport.connect-timeout") != std::string::npos);
}

TEST_CASE("nodes of two versions refuse each other with a sentence") {
  caught_log log;
  tcp_node a{1, "1.0"}, b{2, "2.0"};
  a.send(dial{b.network.address, {}});
  auto failed = a.next<dial_failed>();
  REQUIRE(failed);
  CHECK(failed->reason.find("this node has weir 1.0, the other 2.0") != std::string::npos);
  CHECK(log.lines == 1); // of b; a's owner has the reason and logs it
}

TEST_CASE("hostile bytes are answered by a closed connection and one line, and the node goes on") {
  caught_log log;
  tcp_node a{1, "1.0", 300ms}, b{2};
  byte_buffer bytes;
  SUBCASE("an HTTP request") {
    std::string request = "GET /jobs HTTP/1.1\r\nHost: localhost\r\n\r\n";
    bytes.assign(request.begin(), request.end());
  }
  SUBCASE("an impossible length") {
    auto head = encode(frame_header{0xffffffff, frame_kind::hello, 0});
    bytes.assign(head.begin(), head.end());
  }
  SUBCASE("a hello that never ends") {
    auto head = encode(frame_header{500, frame_kind::hello, 0});
    bytes.assign(head.begin(), head.end());
  }
  SUBCASE("noise") {
    bytes = pattern(100'000, 3);
  }
  CHECK(speak(a.network.address, bytes).empty());
  CHECK(log.lines == 1);
  b.send(dial{a.network.address, a.self()});
  CHECK(b.next<peer_up>());
}

TEST_CASE("a taken port is an error that says so") {
  tcp_node a{1};
  auto environment = make_system_platform();
  auto second = start_tcp_connector(a.system, *environment, {.identity = {}, .port = a.network.address.port});
  REQUIRE_FALSE(second);
  CHECK(second.failure().message().find("another process has the port") != std::string::npos);
}

TEST_CASE("frames for a route that is not bound, or not any more, are dropped") {
  tcp_node a{1}, b{2};
  a.send(dial{b.network.address, b.self()});
  REQUIRE(a.next<peer_up>());
  REQUIRE(b.next<peer_up>());
  b.send(bind_route{5, *b.owner});
  b.send(unbind_route{5});
  a.send(send_routed{b.self(), 5, pattern(10, 1)});
  a.send(send_routed{b.self(), 6, pattern(10, 1)});
  a.send(send_control{b.self(), pattern(10, 2)});
  bool routed = false, control = false;
  while (!control)
    (*b.owner)->receive([&](received_routed&) { routed = true; }, [&](received_control&) { control = true; });
  CHECK_FALSE(routed);
}

TEST_CASE("a connector that has ended is freed, also when its timer comes only then") {
  auto silent = listen_on("127.0.0.1", 0);
  REQUIRE(silent);
  tcp_node node{1};
  node.send(dial{{"127.0.0.1", local_port(*silent)}, {}}); // who never says hello is timed
  auto nobody = [] {
    auto gone = listen_on("127.0.0.1", 0);
    REQUIRE(gone);
    return node_address{"127.0.0.1", local_port(*gone)};
  }();
  node.send(dial{nobody, {}});
  REQUIRE(node.next<dial_failed>()); // both dials have begun
  auto connector = caf::actor_cast<caf::actor_addr>(node.network.actor);
  node.end_connector();
  auto limit = std::chrono::steady_clock::now() + patience;
  bool is_freed = false;
  while (!is_freed && std::chrono::steady_clock::now() < limit) {
    (*node.owner)->receive(caf::after(5ms) >> [] {});
    is_freed = !caf::actor_cast<caf::strong_actor_ptr>(connector);
  }
  CHECK(is_freed);
}
