#pragma once

#include "actors/frame_header.hpp"
#include "actors/handshake.hpp"
#include "actors/node.hpp"
#include "base/ids.hpp"
#include "base/platform.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace weir::actors {

/// One TCP connection, as the shell numbers it.
struct connection_id {
  std::int64_t value = 0;
  auto operator<=>(const connection_id&) const = default;
};

/// One wish of the owner to be connected.
struct dial_id {
  std::uint64_t value = 0;
  auto operator<=>(const dial_id&) const = default;
};

/// What the core tells its shell to do. Called from inside the core's functions; must not call back.
class connection_shell {
public:
  virtual ~connection_shell() = default;

  /// Connects in the background, then connected() or connect_failed().
  virtual void connect(dial_id dial, const node_address& address) = 0;
  /// The next received() has exactly this many bytes.
  virtual void read(connection_id connection, std::size_t bytes) = 0;
  virtual void write(connection_id connection, const frame_header& header, byte_buffer&& payload) = 0;
  /// `drop`: without sending what still waits, which a frozen peer would never take. The shell tells no more
  /// of it.
  virtual void close(connection_id connection, bool drop) = 0;
  virtual void warn(const std::string& sentence) = 0;

  virtual void peer_is_up(const node_identity& peer, const node_address& address) = 0;
  virtual void peer_is_down(incarnation_id peer, const std::string& reason) = 0;
  virtual void dial_has_failed(const node_address& address, incarnation_id expected,
                               const std::string& reason) = 0;
  virtual void got_control(incarnation_id peer, byte_buffer&& bytes) = 0;
  virtual void got_routed(std::uint64_t route, byte_buffer&& bytes) = 0;
};

struct connection_limits {
  std::uint32_t frame_bytes_max = 32 * 1024 * 1024;   ///< transport.max-frame-size
  std::chrono::milliseconds handshake_timeout{5'000}; ///< transport.connect-timeout
  std::uint32_t handshakes_max =
      256; ///< connections that have not said who they are; more are closed at once
};

/// Who is at the other end of each connection of a node, and which connections may stay.
///
///     dialled    connecting ──▶ hello sent ──▶ up          accepted    hello awaited ──▶ up
///
/// Until a peer has said a hello that fits, no more than 1 KiB is read from it; afterwards never more than
/// `frame_bytes_max` at once. Whatever else it sends ends the connection, with one line in the log, and
/// nothing else.
///
/// Two workers may dial each other at the same time. Then the connection stays that the smaller incarnation
/// dialled: each side can tell alone, since it knows its own dial when it gets the other's hello. A hello
/// from a peer that is already connected means either that same race, or that the peer noticed a break before
/// this node did: the number of connections it has seen (`hello::met`) tells which.
///
/// Not thread-safe; no I/O, no clock.
class connection_core {
public:
  connection_core(node_identity self, connection_limits limits, connection_shell& shell);

  /// Told to each peer from now on.
  void set_epoch(leader_epoch epoch) { self_.epoch = epoch; }

  void dial(const node_address& address, incarnation_id expected);
  void connected(dial_id dial, connection_id connection, time_point now);
  void connect_failed(dial_id dial, const std::string& reason);

  /// `remote` names the peer in messages: "10.0.0.7:51234".
  void accepted(connection_id connection, const node_address& remote, time_point now);

  /// Exactly the bytes that read() asked for.
  void received(connection_id connection, byte_buffer&& bytes);

  /// The peer or the network ended the connection.
  void closed(connection_id connection);

  /// Closes what has not said hello in time. Call it about once a second while handshakes_pending().
  void tick(time_point now);
  [[nodiscard]] bool handshakes_pending() const;

  /// The connection to write to; nothing to do if there is none.
  [[nodiscard]] const connection_id* find(incarnation_id peer) const;

  /// Ends the connection with `peer`, without sending what still waits.
  void disconnect(incarnation_id peer, const std::string& reason);

private:
  enum class stage { awaits_hello, awaits_answer, up };

  struct connection {
    stage at = stage::awaits_hello;
    node_address remote;
    dial_id dial; ///< zero if accepted
    time_point deadline{};
    incarnation_id peer; ///< once up
    bool in_payload = false;
    frame_header header;
  };

  struct pending_dial {
    node_address address;
    incarnation_id expected;
    connection_id connection; ///< zero: not connected yet, or refused because the peer's own dial stays
    bool refused = false;
    time_point deadline{};
  };

  struct peer {
    connection_id connection; ///< zero: none now
    std::uint32_t met = 0;
    node_identity node;
    node_address address;
  };

  void on_header(connection_id id, connection& at, std::span<const char> bytes);
  void on_payload(connection_id id, connection& at, byte_buffer&& bytes);
  void on_hello(connection_id id, connection& at, std::span<const char> bytes);
  void on_answer(connection_id id, connection& at, std::span<const char> bytes);
  void bring_up(connection_id id, connection& at, const node_identity& node);
  void refuse(connection_id id, const refusal& answer);
  void violation(connection_id id, const std::string& what);
  void end(connection_id id, const std::string& reason, bool drop);
  void fail_dial(dial_id id, const std::string& reason);
  [[nodiscard]] bool own_dial_stays(incarnation_id peer) const;
  void forget_dials(incarnation_id peer, connection_id kept);
  void forget_a_peer();
  [[nodiscard]] std::uint32_t met(incarnation_id peer) const;

  node_identity self_;
  connection_limits limits_;
  connection_shell& shell_;
  std::map<connection_id, connection> connections_;
  std::map<incarnation_id, peer> peers_;
  std::map<dial_id, pending_dial> dials_;
  std::uint64_t last_dial_ = 0;
};

} // namespace weir::actors
