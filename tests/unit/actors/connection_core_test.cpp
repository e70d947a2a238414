#include "actors/connection_core.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>

using namespace std::chrono_literals;
using namespace weir;
using namespace weir::actors;

namespace {

node_identity identity(std::uint64_t number, std::string version = "1.0") {
  return {.self = {{0, number}}, .role = node_role::worker, .version = std::move(version), .abi = "abi 1"};
}

node_address address_of(std::uint64_t number) {
  return {"n" + std::to_string(number), 1};
}

/// Records what a core asks for.
struct recorder : connection_shell {
  std::map<dial_id, node_address> connecting;
  std::map<connection_id, std::size_t> wants;
  std::map<connection_id, byte_buffer> written;
  std::map<connection_id, bool> closed;
  std::vector<std::string> warnings, downs, failures;
  std::vector<incarnation_id> ups;
  std::vector<byte_buffer> control;
  std::vector<std::pair<std::uint64_t, byte_buffer>> routed;

  void connect(dial_id dial, const node_address& address) override { connecting[dial] = address; }
  void read(connection_id connection, std::size_t bytes) override { wants[connection] = bytes; }
  void write(connection_id connection, const frame_header& header, byte_buffer&& payload) override {
    auto head = encode(header);
    auto& to = written[connection];
    to.insert(to.end(), head.begin(), head.end());
    to.insert(to.end(), payload.begin(), payload.end());
  }
  void close(connection_id connection, bool drop) override {
    closed[connection] = drop;
    wants.erase(connection);
  }
  void warn(const std::string& sentence) override { warnings.push_back(sentence); }
  void peer_is_up(const node_identity& peer, const node_address&) override { ups.push_back(peer.self); }
  void peer_is_down(incarnation_id, const std::string& reason) override { downs.push_back(reason); }
  void dial_has_failed(const node_address&, incarnation_id, const std::string& reason) override {
    failures.push_back(reason);
  }
  void got_control(incarnation_id, byte_buffer&& bytes) override { control.push_back(std::move(bytes)); }
  void got_routed(std::uint64_t route, byte_buffer&& bytes) override {
    routed.emplace_back(route, std::move(bytes));
  }
};

/// A core, and a socket's worth of bytes in front of it.
struct node {
  explicit node(node_identity who, connection_limits limits = {}) : core{std::move(who), limits, shell} {}

  recorder shell;
  connection_core core;
  std::map<connection_id, byte_buffer> arrived;

  /// Gives the core what it asked for, as far as the bytes go.
  void feed(connection_id connection, const byte_buffer& bytes) {
    auto& waiting = arrived[connection];
    waiting.insert(waiting.end(), bytes.begin(), bytes.end());
    for (auto want = shell.wants.find(connection);
         want != shell.wants.end() && waiting.size() >= want->second; want = shell.wants.find(connection)) {
      byte_buffer part{waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(want->second)};
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(want->second));
      core.received(connection, std::move(part));
    }
  }

  void feed(connection_id connection, frame_kind kind, const byte_buffer& payload, std::uint64_t route = 0) {
    auto head = encode(frame_header{static_cast<std::uint32_t>(payload.size()), kind, route});
    byte_buffer bytes{head.begin(), head.end()};
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    feed(connection, bytes);
  }
};

constexpr connection_id c1{1};
constexpr time_point start{};

/// One node, and a peer made of bytes.
struct one_node {
  node here{identity(5), {.frame_bytes_max = 1000}};

  void accept() { here.core.accepted(c1, address_of(9), start); }
  void greet(node_identity who) { here.feed(c1, frame_kind::hello, encode(hello{std::move(who), 0})); }
  void check_closed_with_one_warning() {
    CHECK(here.shell.closed.count(c1) == 1);
    CHECK(here.shell.warnings.size() == 1);
    here.core.closed(c1);
    here.feed(c1, frame_kind::control, {});
    CHECK(here.shell.warnings.size() == 1);
  }
};

/// Nodes with wires between them that carry bytes when the test says so.
struct network {
  std::map<std::uint64_t, std::unique_ptr<node>> nodes;
  struct wire {
    std::uint64_t from, to;
    dial_id dial;
    bool opened = false;
  };
  std::map<connection_id, wire> wires; // the same number at both ends
  std::int64_t last = 0;

  node& at(std::uint64_t number) {
    auto& found = nodes[number];
    if (!found)
      found = std::make_unique<node>(identity(number));
    return *found;
  }

  connection_id dial(std::uint64_t from, std::uint64_t to) {
    at(from).core.dial(address_of(to), {{0, to}});
    if (at(from).shell.connecting.empty())
      return {};
    connection_id wire{++last};
    wires[wire] = {from, to, at(from).shell.connecting.begin()->first};
    at(from).shell.connecting.clear();
    return wire;
  }

  void connect(connection_id id) {
    auto& wire = wires.at(id);
    wire.opened = true;
    at(wire.to).core.accepted(id, address_of(wire.from), start);
    at(wire.from).core.connected(wire.dial, id, start);
  }

  /// Carries what `from` has written, and its close, to the other end.
  bool carry(connection_id id, std::uint64_t from) {
    auto& wire = wires.at(id);
    auto to = from == wire.from ? wire.to : wire.from;
    auto bytes = std::exchange(at(from).shell.written[id], {});
    auto closed = at(from).shell.closed.count(id) && !at(to).shell.closed.count(id);
    if (!bytes.empty())
      at(to).feed(id, bytes);
    if (closed && !at(to).shell.closed.count(id)) {
      at(to).core.closed(id);
      at(to).shell.closed[id] = true;
    }
    return closed || !bytes.empty();
  }

  void settle() {
    for (bool moved = true; std::exchange(moved, false);)
      for (const auto& [id, wire] : wires)
        if (wire.opened)
          moved |= carry(id, wire.from) | carry(id, wire.to);
  }

  std::optional<connection_id> between(std::uint64_t from, std::uint64_t to) {
    const auto* found = at(from).core.find({{0, to}});
    return found ? std::optional{*found} : std::nullopt;
  }
};

} // namespace

TEST_CASE_FIXTURE(one_node, "a peer is up once its hello fits, and is answered") {
  accept();
  greet(identity(7));
  CHECK(here.shell.ups == std::vector{incarnation_id{{0, 7}}});
  auto answer = here.shell.written[c1];
  auto header = decode_frame_header(std::span{answer}.first(frame_header_size));
  REQUIRE(header);
  CHECK(header->kind == frame_kind::hello_ack);
  auto told = decode_hello(std::span{answer}.subspan(frame_header_size));
  REQUIRE(told);
  CHECK(told->node.self == incarnation_id{{0, 5}});
}

TEST_CASE_FIXTURE(one_node, "frames reach their receivers in order and whole, however the bytes are cut") {
  accept();
  greet(identity(7));
  byte_buffer stream;
  for (int i = 0; i < 50; ++i) {
    byte_buffer payload(static_cast<std::size_t>(i * 7 % 40), static_cast<char>(i));
    auto head = encode(frame_header{static_cast<std::uint32_t>(payload.size()),
                                    i % 2 ? frame_kind::routed : frame_kind::control, i % 2 ? 100u + i : 0u});
    stream.insert(stream.end(), head.begin(), head.end());
    stream.insert(stream.end(), payload.begin(), payload.end());
  }
  std::mt19937 random{3};
  for (std::size_t done = 0; done < stream.size();) {
    auto size = std::min<std::size_t>(1 + random() % 30, stream.size() - done);
    here.feed(c1, byte_buffer(stream.begin() + static_cast<std::ptrdiff_t>(done),
                              stream.begin() + static_cast<std::ptrdiff_t>(done + size)));
    done += size;
  }
  REQUIRE(here.shell.control.size() == 25);
  REQUIRE(here.shell.routed.size() == 25);
  for (int i = 0; i < 50; ++i) {
    byte_buffer payload(static_cast<std::size_t>(i * 7 % 40), static_cast<char>(i));
    if (i % 2) {
      CHECK(here.shell.routed[i / 2].first == 100u + i);
      CHECK(here.shell.routed[i / 2].second == payload);
    } else {
      CHECK(here.shell.control[i / 2] == payload);
    }
  }
}

TEST_CASE_FIXTURE(one_node, "bytes that are no hello end the connection with one line") {
  accept();
  SUBCASE("an HTTP request") {
    std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    here.feed(c1, byte_buffer(request.begin(), request.end()));
  }
  SUBCASE("zeroes") {
    here.feed(c1, byte_buffer(64));
  }
  SUBCASE("a hello that is too long") {
    auto head = encode(frame_header{2000, frame_kind::hello, 0});
    here.feed(c1, byte_buffer(head.begin(), head.end()));
    CHECK(here.shell.wants.empty());
  }
  SUBCASE("a hello without the magic") {
    here.feed(c1, frame_kind::hello, byte_buffer(60, 'x'));
  }
  SUBCASE("an empty hello") {
    here.feed(c1, frame_kind::hello, {});
  }
  SUBCASE("a hello that is cut off") {
    auto bytes = encode(hello{identity(7), 0});
    bytes.pop_back();
    here.feed(c1, frame_kind::hello, bytes);
  }
  SUBCASE("a control frame first") {
    here.feed(c1, frame_kind::control, byte_buffer(10));
  }
  SUBCASE("a hello_ack first") {
    here.feed(c1, frame_kind::hello_ack, encode(hello{identity(7), 0}));
  }
  SUBCASE("the peer leaves in the middle of its hello") {
    auto head = encode(frame_header{100, frame_kind::hello, 0});
    here.feed(c1, byte_buffer(head.begin(), head.end()));
    here.core.closed(c1);
  }
  check_closed_with_one_warning();
  CHECK(here.shell.ups.empty());
}

TEST_CASE_FIXTURE(one_node, "a peer that leaves without a word leaves no line") {
  accept();
  here.core.closed(c1);
  CHECK(here.shell.warnings.empty());
}

TEST_CASE_FIXTURE(one_node, "a peer that breaks the protocol after its hello is cut off with one line") {
  accept();
  greet(identity(7));
  SUBCASE("an impossible length") {
    auto head = encode(frame_header{1001, frame_kind::control, 0});
    here.feed(c1, byte_buffer(head.begin(), head.end()));
  }
  SUBCASE("an unknown kind") {
    byte_buffer head(frame_header_size);
    head[4] = 17;
    here.feed(c1, head);
  }
  SUBCASE("reserved bytes") {
    byte_buffer head(frame_header_size);
    head[4] = 4;
    head[6] = 1;
    here.feed(c1, head);
  }
  SUBCASE("a second hello") {
    greet(identity(7));
  }
  CHECK(here.shell.wants.empty());
  check_closed_with_one_warning();
  CHECK(here.shell.downs.size() == 1);
}

TEST_CASE_FIXTURE(one_node, "the longest allowed frame passes") {
  accept();
  greet(identity(7));
  here.feed(c1, frame_kind::control, byte_buffer(1000, 'x'));
  REQUIRE(here.shell.control.size() == 1);
  CHECK(here.shell.control[0].size() == 1000);
}

TEST_CASE_FIXTURE(one_node, "a node of another version is refused with a sentence for each side") {
  accept();
  auto other = identity(7);
  std::string difference;
  SUBCASE("weir") {
    other.version = "0.9", difference = "0.9";
  }
  SUBCASE("ABI") {
    other.abi = "abi 2", difference = "abi 2";
  }
  SUBCASE("protocol") {
    other.protocol = 2, difference = "protocol";
  }
  greet(other);
  check_closed_with_one_warning();
  CHECK(here.shell.warnings[0].find(difference) != std::string::npos);
  CHECK_FALSE(here.shell.closed[c1]); // the refusal must get out
  auto answer = here.shell.written[c1];
  auto said = decode_refusal(std::span{answer}.subspan(frame_header_size));
  REQUIRE(said);
  CHECK(said->why == refusal_reason::version);
  CHECK(said->sentence.find("install the same weir") != std::string::npos);
  CHECK(here.shell.ups.empty());
}

TEST_CASE_FIXTURE(one_node, "a dial that is refused fails with the other's sentence") {
  here.core.dial({"h", 1}, {});
  here.core.connected(here.shell.connecting.begin()->first, c1, start);
  here.feed(c1, frame_kind::refusal, encode(refusal{refusal_reason::version, "too old"}));
  REQUIRE(here.shell.failures.size() == 1);
  CHECK(here.shell.failures[0].find("too old") != std::string::npos);
}

TEST_CASE_FIXTURE(one_node, "a dial fails when another process answers than the one that was looked for") {
  here.core.dial({"h", 1}, {{0, 8}});
  here.core.connected(here.shell.connecting.begin()->first, c1, start);
  here.feed(c1, frame_kind::hello_ack, encode(hello{identity(7), 0}));
  CHECK(here.shell.failures.size() == 1);
  CHECK(here.shell.ups.empty());
  CHECK(here.shell.closed.count(c1) == 1);
}

TEST_CASE_FIXTURE(one_node, "a peer that does not finish its hello in time is closed, and not before") {
  accept();
  here.feed(c1, byte_buffer(10));
  here.core.tick(start + 4'999ms);
  CHECK(here.shell.closed.empty());
  here.core.tick(start + 5s);
  check_closed_with_one_warning();
  CHECK_FALSE(here.core.handshakes_pending());
}

TEST_CASE("peers that say nothing cannot pile up") {
  node here{identity(5), {.handshakes_max = 3}};
  for (int i = 1; i <= 5; ++i)
    here.core.accepted({i}, address_of(9), start);
  CHECK(here.shell.closed.size() == 2);
  CHECK(here.shell.warnings.size() == 2);
}

TEST_CASE("no bytes make the core read more than its limits allow") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random{seed};
    node here{identity(5), {.frame_bytes_max = 4096}};
    here.core.accepted(c1, address_of(9), start);
    if (seed % 2)
      here.feed(c1, frame_kind::hello, encode(hello{identity(7), 0}));
    auto limit = here.shell.ups.empty() ? handshake_bytes_max : 4096;
    for (int i = 0; i < 40 && here.shell.wants.count(c1); ++i) {
      REQUIRE(here.shell.wants[c1] <= limit);
      byte_buffer noise(1 + random() % 64);
      for (auto& byte : noise)
        byte = random() % 4 ? char(0) : static_cast<char>(random());
      here.feed(c1, noise);
    }
    CHECK(here.shell.warnings.size() <= 1);
  }
}

TEST_CASE_FIXTURE(network, "two nodes talk over one dial") {
  auto wire = dial(1, 2);
  connect(wire);
  settle();
  CHECK(between(1, 2) == wire);
  CHECK(between(2, 1) == wire);
  CHECK(at(1).shell.ups.size() == 1);
  CHECK(at(2).shell.ups.size() == 1);
}

TEST_CASE_FIXTURE(network, "a dial to a connected peer is answered at once without another connection") {
  connect(dial(1, 2));
  settle();
  CHECK(dial(2, 1) == connection_id{});
  CHECK(at(2).shell.ups.size() == 2);
}

TEST_CASE(
    "two nodes that dial each other end with one and the same connection, in whatever order the bytes come") {
  for (unsigned seed = 0; seed < 2'000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    network net;
    std::vector<connection_id> dialled;
    std::vector<std::function<void()>> todo;
    // Both dial; every step of either connection happens at a random moment.
    auto one = net.dial(1, 2), two = net.dial(2, 1);
    bool connected_one = false, connected_two = false;
    for (int step = 0; step < 40; ++step) {
      switch (random() % 6) {
      case 0:
        if (!std::exchange(connected_one, true))
          net.connect(one);
        break;
      case 1:
        if (!std::exchange(connected_two, true))
          net.connect(two);
        break;
      case 2:
        if (connected_one)
          net.carry(one, 1);
        break;
      case 3:
        if (connected_one)
          net.carry(one, 2);
        break;
      case 4:
        if (connected_two)
          net.carry(two, 1);
        break;
      case 5:
        if (connected_two)
          net.carry(two, 2);
        break;
      }
    }
    if (!connected_one)
      net.connect(one);
    if (!connected_two)
      net.connect(two);
    net.settle();
    REQUIRE(net.between(1, 2));
    CHECK(net.between(1, 2) == net.between(2, 1));
    CHECK(net.at(1).shell.downs.empty());
    CHECK(net.at(2).shell.downs.empty());
    CHECK(net.at(1).shell.ups.size() == 1);
    CHECK(net.at(2).shell.ups.size() == 1);
    net.at(1).core.tick(start + 1h);
    net.at(2).core.tick(start + 1h);
    CHECK(net.at(1).shell.failures.empty());
    CHECK(net.at(2).shell.failures.empty());
    CHECK_FALSE(net.at(1).core.handshakes_pending());
    CHECK_FALSE(net.at(2).core.handshakes_pending());
  }
}

TEST_CASE_FIXTURE(network,
                  "a peer that noticed a break first replaces the connection the other still believes in") {
  std::uint64_t first = 1, second = 2;
  SUBCASE("the smaller notices") {}
  SUBCASE("the larger notices") {
    std::swap(first, second);
  }
  auto old = dial(1, 2);
  connect(old);
  settle();
  wires.at(old).opened = false; // broken, and only `first` knows
  at(first).core.closed(old);
  CHECK(at(first).shell.downs.size() == 1);
  auto fresh = dial(first, second);
  connect(fresh);
  settle();
  CHECK(between(first, second) == fresh);
  CHECK(between(second, first) == fresh);
  CHECK(at(second).shell.downs.size() == 1);
  CHECK(at(second).shell.ups.size() == 2);
}

TEST_CASE_FIXTURE(network,
                  "a dial refused in favour of the peer's own, which never comes, fails in the end") {
  auto one = dial(2, 1), two = dial(1, 2);
  connect(two); // 1 has said hello, so its dial stays
  connect(one);
  carry(one, 2);
  carry(one, 1); // the refusal
  wires.at(two).opened = false;
  at(2).core.closed(two);
  CHECK(at(2).shell.failures.empty());
  at(2).core.tick(start + 5s);
  CHECK(at(2).shell.failures.size() == 1);
}

TEST_CASE_FIXTURE(network, "disconnect drops what waits and tells the owner") {
  connect(dial(1, 2));
  settle();
  at(1).core.disconnect({{0, 2}}, "silent");
  CHECK(at(1).shell.downs == std::vector<std::string>{"silent"});
  CHECK_FALSE(between(1, 2));
  settle();
  CHECK_FALSE(between(2, 1));
}
