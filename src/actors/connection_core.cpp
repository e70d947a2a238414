#include "actors/connection_core.hpp"

#include <algorithm>
#include <limits>

namespace weir::actors {

namespace {

/// Peers without a connection whose `met` is remembered. It only matters within a second of a break.
constexpr std::size_t absent_peers_max = 4096;

} // namespace

connection_core::connection_core(node_identity self, connection_limits limits, connection_shell& shell)
    : self_{std::move(self)}, limits_{limits}, shell_{shell} {}

void connection_core::dial(const node_address& address, incarnation_id expected) {
  if (auto known = peers_.find(expected); known != peers_.end() && known->second.connection.value != 0) {
    shell_.peer_is_up(known->second.node, known->second.address);
    return;
  }
  for (const auto& [id, pending] : dials_)
    if (pending.address == address && pending.expected == expected)
      return;
  dial_id id{++last_dial_};
  dials_.emplace(id, pending_dial{.address = address, .expected = expected});
  shell_.connect(id, address);
}

void connection_core::connected(dial_id dial, connection_id id, time_point now) {
  auto pending = dials_.find(dial);
  if (pending == dials_.end()) { // the peer's own dial was faster
    shell_.close(id, true);
    return;
  }
  auto deadline = now + limits_.handshake_timeout;
  pending->second.connection = id;
  pending->second.deadline = deadline;
  connections_[id] = connection{
      .at = stage::awaits_answer, .remote = pending->second.address, .dial = dial, .deadline = deadline};
  // Whoever dials an unknown process has no connection with it that could count as a race.
  auto seen =
      pending->second.expected ? met(pending->second.expected) : std::numeric_limits<std::uint32_t>::max();
  auto bytes = encode(hello{self_, seen});
  frame_header header{.length = static_cast<std::uint32_t>(bytes.size()), .kind = frame_kind::hello};
  shell_.write(id, header, std::move(bytes));
  shell_.read(id, frame_header_size);
}

void connection_core::connect_failed(dial_id dial, const std::string& reason) {
  fail_dial(dial, reason);
}

void connection_core::accepted(connection_id id, const node_address& remote, time_point now) {
  auto waiting = std::ranges::count_if(
      connections_, [](const auto& entry) { return entry.second.at == stage::awaits_hello; });
  if (static_cast<std::uint32_t>(waiting) >= limits_.handshakes_max) {
    shell_.warn("closed the connection from " + to_string(remote) +
                ": too many peers that have not said hello");
    shell_.close(id, true);
    return;
  }
  connections_[id] = connection{.remote = remote, .deadline = now + limits_.handshake_timeout};
  shell_.read(id, frame_header_size);
}

void connection_core::received(connection_id id, byte_buffer&& bytes) {
  auto entry = connections_.find(id);
  if (entry == connections_.end())
    return;
  if (entry->second.in_payload)
    on_payload(id, entry->second, std::move(bytes));
  else
    on_header(id, entry->second, bytes);
}

void connection_core::on_header(connection_id id, connection& at, std::span<const char> bytes) {
  auto header = decode_frame_header(bytes);
  if (!header)
    return violation(id, "its bytes are not the protocol of weir nodes");
  auto greets = header->kind == frame_kind::hello || header->kind == frame_kind::hello_ack ||
                header->kind == frame_kind::refusal;
  auto expected = at.at == stage::up             ? !greets
                  : at.at == stage::awaits_hello ? header->kind == frame_kind::hello
                                                 : greets && header->kind != frame_kind::hello;
  if (!expected)
    return violation(id, "a frame of kind " + std::to_string(static_cast<int>(header->kind)) +
                             " has no place here");
  auto most = at.at == stage::up ? limits_.frame_bytes_max : handshake_bytes_max;
  if (header->length > most)
    return violation(id, "a frame of " + std::to_string(header->length) + " bytes is above the limit of " +
                             std::to_string(most) +
                             (at.at == stage::up ? " (transport.max-frame-size)" : " for a greeting"));
  at.header = *header;
  if (header->length == 0)
    return on_payload(id, at, {});
  at.in_payload = true;
  shell_.read(id, header->length);
}

void connection_core::on_payload(connection_id id, connection& at, byte_buffer&& bytes) {
  at.in_payload = false;
  switch (at.header.kind) {
  case frame_kind::hello:
    return on_hello(id, at, bytes);
  case frame_kind::hello_ack:
  case frame_kind::refusal:
    return on_answer(id, at, bytes);
  case frame_kind::control:
    shell_.got_control(at.peer, std::move(bytes));
    break;
  case frame_kind::routed:
    shell_.got_routed(at.header.route, std::move(bytes));
    break;
  }
  shell_.read(id, frame_header_size);
}

void connection_core::on_hello(connection_id id, connection& at, std::span<const char> bytes) {
  auto greeting = decode_hello(bytes);
  if (!greeting)
    return violation(id, greeting.failure().message());
  auto& node = greeting->node;
  if (auto why_not = incompatibility(self_, node); !why_not.empty()) {
    shell_.warn("refused the node at " + to_string(at.remote) + ": " + why_not);
    // The sentence is for the other's log, so it speaks from there.
    return refuse(id, {refusal_reason::version, incompatibility(node, self_)});
  }
  if (node.self == self_.self)
    return refuse(id, {refusal_reason::itself, "the node dialled itself"});
  auto known = peers_.find(node.self);
  auto is_connected = known != peers_.end() && known->second.connection.value != 0;
  if (is_connected ? greeting->met < known->second.met : own_dial_stays(node.self))
    return refuse(id, {refusal_reason::duplicate, "the two nodes have a connection already"});
  auto answer = encode(hello{self_, met(node.self)});
  frame_header header{.length = static_cast<std::uint32_t>(answer.size()), .kind = frame_kind::hello_ack};
  shell_.write(id, header, std::move(answer));
  bring_up(id, at, node);
}

void connection_core::on_answer(connection_id id, connection& at, std::span<const char> bytes) {
  auto dial = dials_.find(at.dial);
  if (dial == dials_.end()) // cannot be: a dial and its connection end together
    return end(id, "the dial was given up", true);
  if (at.header.kind == frame_kind::refusal) {
    auto answer = decode_refusal(bytes);
    if (answer && answer->why == refusal_reason::duplicate) {
      // The peer's own dial stays. It is up already (then this dial is gone), or will be before the deadline.
      dial->second.connection = {};
      dial->second.refused = true;
      connections_.erase(id);
      return shell_.close(id, true);
    }
    return end(id, answer ? "refused: " + answer->sentence : answer.failure().message(), true);
  }
  auto greeting = decode_hello(bytes);
  if (!greeting)
    return end(id, greeting.failure().message(), true);
  if (auto why_not = incompatibility(self_, greeting->node); !why_not.empty())
    return end(id, why_not, true);
  if (dial->second.expected && greeting->node.self != dial->second.expected)
    return end(id, "another process answers there; the one that was looked for has ended", true);
  bring_up(id, at, greeting->node);
}

void connection_core::bring_up(connection_id id, connection& at, const node_identity& node) {
  disconnect(node.self, "it connected anew");
  at.at = stage::up;
  at.peer = node.self;
  auto address = at.remote;
  auto& known = peers_[node.self];
  known.connection = id;
  known.met += 1;
  known.node = node;
  known.address = address;
  forget_dials(node.self, id);
  shell_.peer_is_up(node, address);
  shell_.read(id, frame_header_size);
}

void connection_core::refuse(connection_id id, const refusal& answer) {
  auto bytes = encode(answer);
  frame_header header{.length = static_cast<std::uint32_t>(bytes.size()), .kind = frame_kind::refusal};
  shell_.write(id, header, std::move(bytes));
  connections_.erase(id);
  shell_.close(id, false);
}

void connection_core::violation(connection_id id, const std::string& what) {
  auto& at = connections_.at(id);
  if (at.at != stage::awaits_answer) // else the failed dial says it
    shell_.warn("closed the connection with " + to_string(at.remote) + ": " + what);
  end(id, what, true);
}

void connection_core::closed(connection_id id) {
  auto entry = connections_.find(id);
  if (entry == connections_.end())
    return;
  // Who says nothing only looked whether somebody is there, or has found another connection meanwhile.
  if (entry->second.at == stage::awaits_hello && entry->second.in_payload)
    shell_.warn("the peer at " + to_string(entry->second.remote) + " left without a complete hello");
  end(id, entry->second.at == stage::up ? "the connection broke" : "the connection broke in the handshake",
      true);
}

void connection_core::end(connection_id id, const std::string& reason, bool drop) {
  auto ended = connections_.extract(id);
  if (ended.empty())
    return;
  shell_.close(id, drop);
  const auto& at = ended.mapped();
  if (at.at == stage::up) {
    auto& known = peers_.at(at.peer);
    known.connection = {};
    shell_.peer_is_down(at.peer, reason);
    forget_a_peer();
  } else if (at.dial.value != 0) {
    fail_dial(at.dial, reason);
  }
}

void connection_core::fail_dial(dial_id id, const std::string& reason) {
  auto dial = dials_.extract(id);
  if (dial.empty())
    return;
  const auto& pending = dial.mapped();
  shell_.dial_has_failed(pending.address, pending.expected,
                         "cannot connect to " + to_string(pending.address) + ": " + reason);
}

bool connection_core::own_dial_stays(incarnation_id peer) const {
  return self_.self < peer && std::ranges::any_of(dials_, [&](const auto& entry) {
           return entry.second.expected == peer && entry.second.connection.value != 0;
         });
}

void connection_core::forget_dials(incarnation_id peer, connection_id kept) {
  std::erase_if(dials_, [&](const auto& entry) {
    const auto& dial = entry.second;
    if (dial.connection != kept && dial.expected != peer)
      return false;
    if (dial.connection != kept && dial.connection.value != 0) {
      connections_.erase(dial.connection);
      shell_.close(dial.connection, true);
    }
    return true;
  });
}

void connection_core::forget_a_peer() {
  if (peers_.size() <= absent_peers_max)
    return;
  auto absent =
      std::ranges::find_if(peers_, [](const auto& entry) { return entry.second.connection.value == 0; });
  if (absent != peers_.end())
    peers_.erase(absent);
}

std::uint32_t connection_core::met(incarnation_id peer) const {
  auto known = peers_.find(peer);
  return known == peers_.end() ? 0 : known->second.met;
}

void connection_core::tick(time_point now) {
  std::vector<connection_id> late;
  for (const auto& [id, at] : connections_)
    if (at.at != stage::up && now >= at.deadline)
      late.push_back(id);
  for (auto id : late) {
    auto limit = std::to_string(limits_.handshake_timeout.count()) + " ms (transport.connect-timeout)";
    violation(id, "no complete hello within " + limit);
  }
  std::vector<dial_id> without;
  for (const auto& [id, dial] : dials_)
    if (dial.refused && now >= dial.deadline)
      without.push_back(id);
  for (auto id : without)
    fail_dial(id, "the peer refused in favour of its own connection, which never came");
}

bool connection_core::handshakes_pending() const {
  return !dials_.empty() ||
         std::ranges::any_of(connections_, [](const auto& entry) { return entry.second.at != stage::up; });
}

const connection_id* connection_core::find(incarnation_id peer) const {
  auto known = peers_.find(peer);
  return known == peers_.end() || known->second.connection.value == 0 ? nullptr : &known->second.connection;
}

void connection_core::disconnect(incarnation_id peer, const std::string& reason) {
  if (const auto* connection = find(peer))
    end(connection_id{*connection}, reason, true);
}

} // namespace weir::actors
