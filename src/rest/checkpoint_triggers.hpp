#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "wire/checkpoint_messages.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace weir {

/// Checkpoints that clients triggered, and what became of them. Outcomes are kept for a while, so that a
/// client that lost its connection can come back for them, and its trigger can be sent again.
class checkpoint_triggers {
public:
  /// What is under way and what has ended, together. Far more than any client asks for within the time that
  /// outcomes are kept, at some hundred bytes each.
  static constexpr std::size_t entries_max = 10'000;

  explicit checkpoint_triggers(std::chrono::milliseconds kept_for) : kept_for_{kept_for} {}

  enum class begun {
    yes,
    before, ///< the same trigger came already: nothing is to be done
    no,     ///< too many are under way
  };
  begun begin(const job_id& job, const random_id& trigger, time_point now);

  void end(const job_id& job, const random_id& trigger, result<checkpoint_id> outcome, time_point now);

  struct status {
    std::optional<result<checkpoint_id>> outcome; ///< none while it is under way
  };
  /// nullptr: there is none, or its outcome is no longer kept.
  const status* find(const job_id& job, const random_id& trigger, time_point now);

private:
  using key = std::pair<job_id, random_id>;

  void forget_before(time_point now);
  void forget_oldest();

  struct ended {
    key which;
    time_point at;
  };

  std::chrono::milliseconds kept_for_;
  std::map<key, status> all_;
  std::deque<ended> ended_; ///< oldest first
};

} // namespace weir
