#pragma once

#include "actors/master_messages.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <deque>

namespace weir::actors {

/// Ends the calls from outside that nobody has answered within web.timeout.
class call_clock : public caf::event_based_actor {
public:
  call_clock(caf::actor_config& config, std::chrono::milliseconds timeout);

  caf::behavior make_behavior() override;
  const char* name() const override { return "call_clock"; }

private:
  struct watched {
    std::weak_ptr<expiring_call> call;
    std::chrono::steady_clock::time_point deadline;
  };

  void expire_due();
  void wake_later();

  std::chrono::milliseconds timeout_;
  std::deque<watched>
      by_deadline_; // all have the same limit, so the order of arrival is that of the deadlines
};

} // namespace weir::actors
