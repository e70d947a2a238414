#pragma once

#include "base/platform.hpp"

#include <chrono>
#include <map>
#include <vector>

namespace weir {

/// Decides from heartbeats which peers are lost.
///
/// A closed connection is no sufficient sign: a paused process and a cut cable close nothing. So each peer
/// must be heard once in every `timeout`. A peer that was given up stays lost, even when it speaks again:
/// what it held may already belong to someone else, so it has to join anew, under another id.
///
///       watch(p)    heard(p)            lost(now)
///     ─────┼───────────┼───────────────────┼─────▶ monotonic time
///                      └──── timeout ─────▶│ p
///
/// `Peer` is a session for the resource manager, an incarnation between workers. Owned by one actor; not
/// thread-safe.
template <class Peer>
class failure_detector {
public:
  explicit failure_detector(std::chrono::milliseconds timeout) : timeout_{timeout} {}

  /// Starts watching `peer`, as if heard at `now`.
  void watch(const Peer& peer, time_point now) { last_heard_.insert_or_assign(peer, now); }

  /// Notes a sign of life. Returns false if `peer` is not watched, because it never joined or was given up:
  /// the caller must tell it to join anew.
  [[nodiscard]] bool heard(const Peer& peer, time_point now) {
    auto entry = last_heard_.find(peer);
    if (entry == last_heard_.end())
      return false;
    entry->second = now;
    return true;
  }

  /// Stops watching `peer`, which left in order or is known to be lost.
  void forget(const Peer& peer) { last_heard_.erase(peer); }

  /// Gives up and returns the peers not heard for a full timeout, in the order of their ids.
  [[nodiscard]] std::vector<Peer> lost(time_point now) {
    std::vector<Peer> given_up;
    std::erase_if(last_heard_, [&](const auto& entry) {
      if (now - entry.second < timeout_)
        return false;
      given_up.push_back(entry.first);
      return true;
    });
    return given_up;
  }

private:
  std::chrono::milliseconds timeout_;
  std::map<Peer, time_point> last_heard_; // ordered, so that a seed replays the same decisions
};

} // namespace weir
