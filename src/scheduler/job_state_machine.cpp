#include "scheduler/job_state_machine.hpp"

#include <algorithm>
#include <array>

namespace weir {

namespace {

using enum job_state;
using enum job_event;

constexpr std::array transitions{
    job_transition{initializing, prepared, created},
    job_transition{initializing, failure, failing},
    job_transition{initializing, cancel_wish, cancelling},
    job_transition{created, deployed, running},
    job_transition{created, failure, failing},
    job_transition{created, cancel_wish, cancelling},
    job_transition{running, failure, failing},
    job_transition{running, cancel_wish, cancelling},
    job_transition{running, restart, restarting},
    job_transition{running, all_finished, finished},
    // What made the job fail stays its end, even when the rest finished before their cancel.
    job_transition{failing, all_ended, failed},
    job_transition{failing, all_finished, failed},
    job_transition{cancelling, all_ended, canceled},
    job_transition{cancelling, all_finished, finished},
    // A failover that is overtaken by the user's wish starts nothing any more.
    job_transition{restarting, deployed, running},
    job_transition{restarting, failure, failing},
    job_transition{restarting, cancel_wish, cancelling},
};

} // namespace

std::span<const job_transition> job_transitions() {
  return transitions;
}

std::optional<job_state> next_state(job_state state, job_event event) {
  auto row = std::ranges::find_if(
      transitions, [&](const job_transition& each) { return each.from == state && each.event == event; });
  if (row == transitions.end())
    return std::nullopt;
  return row->to;
}

} // namespace weir
