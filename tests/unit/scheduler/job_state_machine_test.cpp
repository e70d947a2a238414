#include "scheduler/job_state_machine.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <utility>

using namespace weir;
using enum job_state;
using enum job_event;

namespace {

constexpr job_state every_state[]{initializing, created,  running,  failing,   failed,
                                  cancelling,   canceled, finished, restarting};
constexpr job_event every_event[]{prepared, deployed, failure, restart, cancel_wish, all_finished, all_ended};

} // namespace

TEST_CASE("the transitions of a job are exactly these") {
  const std::map<std::pair<job_state, job_event>, job_state> expected{
      {{initializing, prepared}, created},
      {{initializing, failure}, failing},
      {{initializing, cancel_wish}, cancelling},
      {{created, deployed}, running},
      {{created, failure}, failing},
      {{created, cancel_wish}, cancelling},
      {{running, failure}, failing},
      {{running, cancel_wish}, cancelling},
      {{running, restart}, restarting},
      {{running, all_finished}, finished},
      {{failing, all_ended}, failed},
      {{failing, all_finished}, failed},
      {{cancelling, all_ended}, canceled},
      {{cancelling, all_finished}, finished},
      {{restarting, deployed}, running},
      {{restarting, failure}, failing},
      {{restarting, cancel_wish}, cancelling},
  };
  for (job_state state : every_state) {
    for (job_event event : every_event) {
      CAPTURE(to_string(state));
      CAPTURE(static_cast<int>(event));
      auto row = expected.find({state, event});
      auto next = next_state(state, event);
      CHECK(next.has_value() == (row != expected.end()));
      if (next && row != expected.end())
        CHECK(to_string(*next) == to_string(row->second));
    }
  }
  CHECK(job_transitions().size() == expected.size());
}

TEST_CASE("nothing happens to a job that has ended") {
  for (job_state state : every_state)
    for (job_event event : every_event)
      if (is_terminal(state))
        CHECK_FALSE(next_state(state, event));
}

TEST_CASE("every state of a job leads to an end") {
  std::set<job_state> reach{failed, canceled, finished};
  for (bool grew = true; grew;) {
    grew = false;
    for (const job_transition& row : job_transitions())
      if (reach.contains(row.to))
        grew |= reach.insert(row.from).second;
  }
  for (job_state state : every_state) {
    CAPTURE(to_string(state));
    CHECK(reach.contains(state));
  }
}

TEST_CASE("states are named as Flink's users know them") {
  CHECK(to_string(cancelling) == "CANCELLING");
  CHECK(to_string(canceled) == "CANCELED");
  CHECK(to_string(initializing) == "INITIALIZING");
}
