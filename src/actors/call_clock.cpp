#include "actors/call_clock.hpp"

#include "base/option.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

namespace weir::actors {

namespace {

using expire_atom = caf::atom_constant<caf::atom("expire")>;

} // namespace

call_clock::call_clock(caf::actor_config& config, std::chrono::milliseconds timeout)
    : caf::event_based_actor{config}, timeout_{timeout} {}

caf::behavior call_clock::make_behavior() {
  return {
      [this](const watch_call& watch) {
        by_deadline_.push_back({watch.call, clock().now() + timeout_});
        if (by_deadline_.size() == 1)
          wake_later();
      },
      [this](expire_atom) {
        expire_due();
        if (!by_deadline_.empty())
          wake_later();
      },
  };
}

void call_clock::expire_due() {
  auto now = clock().now();
  while (!by_deadline_.empty() && now >= by_deadline_.front().deadline) {
    if (auto call = by_deadline_.front().call.lock())
      call->expire(
          {errc::timed_out, "the cluster has not answered for " + to_text(timeout_) + " (web.timeout)"});
    by_deadline_.pop_front();
  }
}

void call_clock::wake_later() {
  delayed_send(this, by_deadline_.front().deadline - clock().now(), expire_atom::value);
}

} // namespace weir::actors
