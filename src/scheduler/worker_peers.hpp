#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "scheduler/failure_detector.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace weir {

/// Connect to another worker: on_up or on_dial_failed follows.
struct dial_peer {
  incarnation_id peer;
  node_address address;
};

struct send_to_peer {
  incarnation_id peer;
  control_message message;
};

/// End the connection: on_down follows.
struct drop_peer {
  incarnation_id peer;
  std::string reason;
};

/// All channels between this task and tasks of that worker are broken, or cannot be made.
struct peer_lost {
  attempt_id task;
  incarnation_id peer;
  std::string reason;
};

using peer_action = std::variant<dial_peer, send_to_peer, drop_peer, peer_lost>;

/// Knows which tasks of this worker have channels with which other worker, connects to those workers, and
/// watches that they live (protocol-control, C1, C4 and C5).
///
/// A break that closes nothing (a paused worker, a cut cable) would leave both ends of a channel waiting for
/// ever. So while two workers have channels, each pings the other, and a silent one is dropped.
///
/// Not thread-safe. Call on_tick when wake_at() has come.
class worker_peers {
public:
  using actions = std::vector<peer_action>;

  worker_peers(std::chrono::milliseconds heartbeat_interval, std::chrono::milliseconds heartbeat_timeout);

  // What runs here.

  void on_task_started(const attempt_id& task);
  void on_task_ended(const attempt_id& task);

  enum class presence : std::uint8_t { not_yet, running, ended };

  /// Ended tasks are remembered up to a limit; then they count as never seen.
  [[nodiscard]] presence find(const attempt_id& task) const;

  // Channels.

  /// A task of this worker asks a producer elsewhere to send.
  actions on_open_wish(const producer_location& producer, const open_channel& message, time_point now);

  /// A task elsewhere asks one of this worker to send. Only when `running` is the question to be passed on.
  presence on_open(const incarnation_id& from, const open_channel& message, time_point now);

  // Connections.

  actions on_up(const incarnation_id& peer, time_point now);
  actions on_down(const incarnation_id& peer, const std::string& reason);
  actions on_dial_failed(const incarnation_id& peer, const std::string& reason);
  actions on_ping(const incarnation_id& from, const ping& message);
  void on_pong(const incarnation_id& from, time_point now);
  actions on_tick(time_point now);
  [[nodiscard]] time_point wake_at() const;

private:
  struct peer {
    bool connected = false;
    bool dialling = false;
    std::set<attempt_id> tasks;        ///< of this worker, with channels to or from that one
    std::vector<open_channel> waiting; ///< for the connection
  };

  static constexpr std::size_t ended_max = 16'384;

  void use(const incarnation_id& other, peer& with, const attempt_id& task, time_point now);
  actions lose(const incarnation_id& other, const std::string& reason);

  std::chrono::milliseconds interval_;
  failure_detector<incarnation_id> detector_;
  std::map<incarnation_id, peer> peers_;
  std::set<attempt_id> running_;
  std::set<attempt_id> ended_;
  std::deque<attempt_id> ended_order_;
  std::set<incarnation_id> watched_;
  std::uint64_t pings_ = 0;
  time_point ping_at_{};
};

} // namespace weir
