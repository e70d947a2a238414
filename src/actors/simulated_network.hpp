#pragma once

#include "actors/connector.hpp"
#include "actors/handshake.hpp"
#include "base/ids.hpp"
#include "base/platform.hpp"

#include <caf/fwd.hpp>
#include <caf/message.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace weir::actors {

/// What lies between the nodes that live in one actor system. Without latency it is how a master and a worker
/// of one process talk to each other; with latency and faults it is the network of the simulation.
///
/// Each direction of a connection keeps its order. A broken connection loses all that is in flight, and each
/// end notices when it likes, or never.
///
/// Safe to use from any thread; only without latency does it give the same speed on all of them.
class simulated_network : public std::enable_shared_from_this<simulated_network> {
public:
  struct settings {
    std::uint64_t seed = 0;
    std::chrono::microseconds latency_min{0};
    std::chrono::microseconds latency_max{0};
    std::uint32_t frame_bytes_max = 32 * 1024 * 1024;
  };

  explicit simulated_network(const settings& with);

  /// Starts a connector that speaks the protocol of connector.hpp and is reached under `address`, in place of
  /// the one before it; that one keeps its connections.
  connector start_connector(caf::actor_system& system, const node_identity& identity,
                            const node_address& address);

  // ---- faults

  /// The present connections, each as the addresses of its two ends.
  struct link_ends {
    std::uint64_t link = 0;
    node_address dialled_by;
    node_address accepted_by;
  };
  [[nodiscard]] std::vector<link_ends> links() const;

  /// From now on nothing comes through. The two ends notice after these delays; nothing: they never do by
  /// themselves.
  void break_link(std::uint64_t link, std::optional<std::chrono::milliseconds> dialler_notices,
                  std::optional<std::chrono::milliseconds> acceptor_notices);

  /// Nothing that one host sends to another arrives before that time. Nothing is lost and the order stays, as
  /// TCP has it, which sends again what was not acknowledged.
  void hold(const std::string& from_host, const std::string& to_host, time_point until);

  /// What happens to what one host sends to another, from now on.
  struct direction_state {
    /// Nothing arrives, the end of a connection neither, until the direction is whole again: then all that
    /// was sent and whose connection has not broken meanwhile, in its order.
    bool is_cut = false;
    std::chrono::microseconds delay{0}; ///< more than usual
  };
  void set_direction(const std::string& from_host, const std::string& to_host, direction_state state,
                     time_point now);

  /// Until that time each message takes up to `more` longer.
  void slow_down(std::chrono::microseconds more, time_point until);

  /// The process with that connector is gone: its connections break and it does not answer any more.
  /// `notice`: see break_link.
  void remove_node(const connector& gone, std::optional<std::chrono::milliseconds> notice);

private:
  friend class simulated_connector;

  struct link_state {
    node_address ends[2]; ///< the one that dialled, the one that accepted
    caf::actor actors[2];
    time_point last_due[2]; ///< of what was sent to that end
    bool broken = false;
  };

  /// For the connector: who listens at `address`, and a new connection to it.
  std::optional<std::uint64_t> open_link(const node_address& from, const caf::actor& dialler,
                                         const node_address& to);
  /// The other end, and how long the next message takes to it. Nothing if the connection broke.
  struct hop {
    caf::actor to;
    std::chrono::nanoseconds delay{0};
    bool is_cut = false; ///< it goes nowhere: keep() it
  };
  std::optional<hop> next_hop(std::uint64_t link, int to_end, time_point now);
  /// Until the direction is whole again.
  void keep(std::uint64_t link, int to_end, caf::message message);
  [[nodiscard]] bool is_broken(std::uint64_t link) const;
  void forget_link(std::uint64_t link);
  /// How long it takes to connect to `to`, or to hear that nobody answers there.
  std::chrono::nanoseconds connect_time(const node_address& from, const node_address& to, time_point now);
  void break_it(std::uint64_t id, link_state& link, std::optional<std::chrono::milliseconds> dialler_notices,
                std::optional<std::chrono::milliseconds> acceptor_notices);
  std::chrono::nanoseconds draw_latency(time_point now);

  struct kept_message {
    std::uint64_t link = 0;
    int to_end = 0;
    caf::message message;
  };
  struct direction {
    time_point held_until{};
    direction_state state;
    std::vector<kept_message> kept;
  };
  /// nullptr: nothing is wrong with it.
  [[nodiscard]] const direction* find_direction(const node_address& from, const node_address& to) const;
  [[nodiscard]] std::optional<hop> hop_over(link_state& link, int to_end, time_point now);

  settings settings_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<node_address, caf::actor> listening_;
  std::map<std::uint64_t, link_state> links_;
  std::uint64_t last_link_ = 0;
  std::map<std::pair<std::string, std::string>, direction> directions_; ///< from one host to another
  time_point slow_until_{};
  std::chrono::microseconds slow_by_{0};
};

} // namespace weir::actors
