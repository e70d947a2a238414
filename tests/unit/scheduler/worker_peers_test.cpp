#include "scheduler/worker_peers.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace weir;

namespace {

constexpr incarnation_id w1{{0, 1}}, w2{{0, 2}};

attempt_id task(std::uint32_t subtask) {
  return {{{1, 1}}, 0, subtask, {1}, 1};
}

open_channel opening(attempt_id producer, attempt_id consumer) {
  return {.channel = {producer, consumer, 0}, .opening = 1, .consumer_route = 5, .granted_total = 8};
}

struct peers_of_a_worker {
  worker_peers peers{1s, 10s};
  time_point now{};
  worker_peers::actions last;

  void wish(const incarnation_id& where, attempt_id producer, attempt_id consumer) {
    last = peers.on_open_wish({producer, 0, where, {"h", 1}}, opening(producer, consumer), now);
  }
  template <class Action>
  std::vector<Action> did() const {
    std::vector<Action> found;
    for (const auto& each : last)
      if (const auto* action = std::get_if<Action>(&each))
        found.push_back(*action);
    return found;
  }
  template <class Message>
  int sent(const incarnation_id& to) const {
    int count = 0;
    for (const auto& each : did<send_to_peer>())
      count += each.peer == to && std::holds_alternative<Message>(each.message);
    return count;
  }
  void advance(std::chrono::milliseconds by) {
    now += by;
    last = peers.on_tick(now);
  }
};

} // namespace

TEST_CASE_FIXTURE(peers_of_a_worker,
                  "the first wish dials, the others wait, and all go out once it is connected") {
  wish(w1, task(10), task(0));
  CHECK(did<dial_peer>().size() == 1);
  wish(w1, task(11), task(0));
  CHECK(last.empty());
  last = peers.on_up(w1, now);
  CHECK(sent<open_channel>(w1) == 2);
  wish(w1, task(12), task(0));
  CHECK(sent<open_channel>(w1) == 1);
}

TEST_CASE_FIXTURE(peers_of_a_worker,
                  "a dial that fails is told to each task that waits for it, and the next wish dials again") {
  wish(w1, task(10), task(0));
  wish(w1, task(10), task(1));
  last = peers.on_dial_failed(w1, "refused");
  CHECK(did<peer_lost>().size() == 2);
  wish(w1, task(10), task(0));
  CHECK(did<dial_peer>().size() == 1);
  last = peers.on_up(w1, now);
  CHECK(sent<open_channel>(w1) == 1); // what failed is not sent again by itself
}

TEST_CASE_FIXTURE(peers_of_a_worker,
                  "a lost worker is told to the tasks with channels to it, and to no others") {
  wish(w1, task(10), task(0));
  last = peers.on_up(w1, now);
  peers.on_task_started(task(1));
  CHECK(peers.on_open(w1, opening(task(1), task(20)), now) == worker_peers::presence::running);
  wish(w2, task(30), task(2));
  last = peers.on_down(w1, "broken");
  REQUIRE(did<peer_lost>().size() == 2);
  CHECK(did<peer_lost>()[0].task == task(0));
  CHECK(did<peer_lost>()[1].task == task(1));
}

TEST_CASE_FIXTURE(peers_of_a_worker, "a task that is not there yet is not yet, one that has ended is gone") {
  CHECK(peers.on_open(w1, opening(task(0), task(20)), now) == worker_peers::presence::not_yet);
  peers.on_task_started(task(0));
  CHECK(peers.on_open(w1, opening(task(0), task(20)), now) == worker_peers::presence::running);
  peers.on_task_ended(task(0));
  CHECK(peers.on_open(w1, opening(task(0), task(20)), now) == worker_peers::presence::ended);
}

TEST_CASE_FIXTURE(peers_of_a_worker, "a worker with channels is pinged, and dropped when it stays silent") {
  wish(w1, task(10), task(0));
  last = peers.on_up(w1, now);
  for (int i = 0; i < 9; ++i) {
    advance(1s);
    CHECK(sent<ping>(w1) == 1);
    CHECK(did<drop_peer>().empty());
  }
  advance(1s);
  CHECK(did<drop_peer>().size() == 1);
  last = peers.on_down(w1, "dropped");
  CHECK(did<peer_lost>().size() == 1);
}

TEST_CASE_FIXTURE(peers_of_a_worker, "a producer watches its consumer's worker as well") {
  last = peers.on_up(w1, now);
  peers.on_task_started(task(0));
  CHECK(peers.on_open(w1, opening(task(0), task(20)), now) == worker_peers::presence::running);
  CHECK(peers.wake_at() <= now + 1s);
  advance(1s);
  CHECK(sent<ping>(w1) == 1);
}

TEST_CASE_FIXTURE(peers_of_a_worker, "answers keep a worker") {
  wish(w1, task(10), task(0));
  last = peers.on_up(w1, now);
  for (int i = 0; i < 60; ++i) {
    advance(1s);
    CHECK(did<drop_peer>().empty());
    peers.on_pong(w1, now);
  }
}

TEST_CASE_FIXTURE(peers_of_a_worker, "workers without channels are left alone") {
  last = peers.on_up(w1, now);
  CHECK(peers.wake_at() == time_point::max());
  wish(w1, task(10), task(0));
  CHECK(peers.wake_at() < time_point::max());
  peers.on_task_ended(task(0));
  CHECK(peers.wake_at() == time_point::max());
  advance(1min);
  CHECK(last.empty());
  wish(w1, task(10), task(1)); // silence while nobody watched counts for nothing
  advance(1s);
  CHECK(did<drop_peer>().empty());
}

TEST_CASE_FIXTURE(peers_of_a_worker, "a task that ended while its worker was dialled is not spoken for") {
  wish(w1, task(10), task(0));
  peers.on_task_ended(task(0));
  last = peers.on_up(w1, now);
  CHECK(last.empty());
}

TEST_CASE_FIXTURE(peers_of_a_worker, "pings are answered with their number") {
  last = peers.on_ping(w1, {42});
  REQUIRE(did<send_to_peer>().size() == 1);
  CHECK(std::get<pong>(did<send_to_peer>()[0].message).number == 42);
}
