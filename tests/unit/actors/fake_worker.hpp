#pragma once

#include "master_fixture.hpp"

#include <doctest/doctest.h>

namespace weir::actors {

/// A worker played by a test: it says what a real one would say, one step at a time.
class fake_worker {
public:
  fake_worker(master_at_work& master, std::uint64_t number, std::size_t slots)
      : master_{master},
        self_{{.high = number, .low = number}},
        session_{.epoch = leader_epoch{7}, .worker = self_, .registration = 1} {
    master.connect(self_);
    say(register_worker{.session = session_,
                        .data_address = {.host = "host" + std::to_string(number), .port = 4000},
                        .slots = std::vector<resource_profile>(slots)});
    REQUIRE(master.hear<registered>(self_));
  }

  /// Answers an allocation with an offer, and takes the accept.
  void offer_slot() {
    auto given = master_.hear<allocate>(self_);
    REQUIRE(given);
    say(offer{given->session, given->slot, given->allocation, given->job});
    REQUIRE(master_.hear<accept>(self_));
  }

  deploy take_deployment() {
    auto deployed = master_.hear<deploy>(self_);
    REQUIRE(deployed);
    return *deployed;
  }

  void report(const deploy& task, task_state state, const std::string& cause = "",
              const std::string& result = "") {
    update message{.session = task.session, .attempt = task.attempt, .state = state, .cause = cause};
    if (!result.empty())
      message.results.push_back({"out", result});
    say(message);
  }

  /// Frees the slot that the master released. False: there was none.
  bool free_slot() {
    auto released = master_.hear<release>(self_);
    if (released)
      say(freed{released->session, released->slot, released->allocation});
    return released.has_value();
  }

  void beat() { say(heartbeat{.session = session_}); }
  void say(const control_message& message) { master_.say(self_, message); }

  [[nodiscard]] const incarnation_id& self() const { return self_; }
  [[nodiscard]] const session_id& session() const { return session_; }

private:
  master_at_work& master_;
  incarnation_id self_;
  session_id session_;
};

} // namespace weir::actors
