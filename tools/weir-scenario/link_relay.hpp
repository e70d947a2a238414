#pragma once

#include "link_state.hpp"
#include "relay_pipe.hpp"
#include "relay_sockets.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace weir::scenario {

/// Carries the TCP connections between nodes, in a thread of its own, and breaks them as it is told.
///
///     node A ──dials──▶ 127.0.1.B:P (relay) ──▶ 127.0.0.1:P (node B)
///
/// Nodes are numbers. Who dialled is asked of `dialler`, since all of them come from the same address.
/// Thread-safe.
class link_relay {
public:
  /// Which node has the connection with this port at its end, to that port of the relay? Called in the
  /// relay's thread. Nobody: the connection is closed.
  using dialler_lookup = std::function<std::optional<unsigned>(std::uint16_t from, std::uint16_t to)>;

  explicit link_relay(dialler_lookup dialler);
  ~link_relay();
  link_relay(const link_relay&) = delete;
  link_relay& operator=(const link_relay&) = delete;

  /// Takes connections for `node` at one address and makes them to another one. Throws std::system_error when
  /// one cannot listen there.
  void carry(unsigned node, const endpoint& at, const endpoint& target);

  /// From now on, for connections of before as well.
  void set_link(unsigned from, unsigned to, link_state state);
  void heal_all();

private:
  struct carried_node {
    unsigned node;
    owned_socket listening;
    std::uint16_t port;
    endpoint target;
  };

  struct connection {
    unsigned dialler;
    unsigned node;
    endpoint target;
    owned_socket near; ///< to the dialler
    owned_socket far;  ///< to the node; none until the link lets it be dialled
    relay_pipe there;
    relay_pipe back;
    bool is_refused = false;
  };

  using time_point = relay_pipe::time_point;
  struct watch_list;

  void work();
  void wake();
  [[nodiscard]] link_state link(unsigned from, unsigned to) const;
  void accept_at(const carried_node& node);
  void dial_if_possible(connection& each);
  void move_bytes(connection& each, time_point now);

  dialler_lookup dialler_;
  owned_socket waker_;
  std::mutex mutex_; // of all below
  bool ends_ = false;
  std::list<carried_node> nodes_;
  std::list<connection> connections_;
  std::map<std::pair<unsigned, unsigned>, link_state> links_;
  std::thread thread_;
};

} // namespace weir::scenario
