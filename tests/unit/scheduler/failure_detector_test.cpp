#include "scheduler/failure_detector.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace std::chrono_literals;

namespace {

struct watched_peers {
  failure_detector<incarnation_id> detector{10s};
  time_point now{};
  incarnation_id a = process_numbered(1), b = process_numbered(2);

  void advance(std::chrono::milliseconds by) { now += by; }
  void join(incarnation_id peer) { detector.watch(peer, now); }
  bool beat(incarnation_id peer) { return detector.heard(peer, now); }
  auto lost() { return detector.lost(now); }
};

} // namespace

TEST_CASE_FIXTURE(watched_peers, "a peer is lost after a full timeout of silence, and not before") {
  join(a);
  advance(9'999ms);
  CHECK(lost().empty());
  advance(1ms);
  CHECK(lost() == std::vector{a});
}

TEST_CASE_FIXTURE(watched_peers, "a heartbeat renews the watch of its sender only") {
  join(a);
  join(b);
  advance(6s);
  CHECK(beat(a));
  advance(6s);
  CHECK(lost() == std::vector{b});
}

TEST_CASE_FIXTURE(watched_peers, "a peer that was given up stays lost until it joins anew") {
  join(a);
  advance(10s);
  CHECK(lost() == std::vector{a});
  CHECK_FALSE(beat(a));
  CHECK(lost().empty());
  join(a);
  CHECK(beat(a));
}

TEST_CASE_FIXTURE(watched_peers, "a peer that left in order is never reported") {
  join(a);
  detector.forget(a);
  advance(1h);
  CHECK(lost().empty());
}
