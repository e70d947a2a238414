#include "operators/watermark_minimum.hpp"

#include <doctest/doctest.h>

#include <random>

using weir::watermark_minimum;
using weir::detail::event_time;
using weir::detail::max_event_time;
using weir::detail::min_event_time;

namespace {

struct plain_stream {
  event_time time = min_event_time;
  bool idle = false;
};

/// What the time of an operator is, by its definition.
event_time time_of(const std::vector<plain_stream>& streams) {
  event_time least = max_event_time, furthest = min_event_time;
  bool active = false, idle = false;
  for (const plain_stream& each : streams) {
    bool ended = each.time == max_event_time;
    active = active || (!each.idle && !ended);
    idle = idle || each.idle;
    if (each.idle)
      furthest = std::max(furthest, each.time);
    else
      least = std::min(least, each.time);
  }
  return idle && !active ? furthest : least;
}

} // namespace

TEST_CASE("time is that of a plain recomputation, and is told only when it goes forward") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    std::size_t count = 1 + random() % 5;
    watermark_minimum minimum{count};
    std::vector<plain_stream> streams(count);
    event_time told = min_event_time;
    for (int step = 0; step < 300; ++step) {
      std::size_t at = random() % count;
      plain_stream& stream = streams[at];
      bool ended = stream.time == max_event_time;
      std::optional<event_time> reached;
      switch (auto choice = random() % 200; choice) {
      case 0:
        stream = {max_event_time, false};
        reached = minimum.end(at);
        break;
      case 1 ... 20:
        stream.idle = !ended;
        reached = minimum.set_idle(at);
        break;
      case 21 ... 40:
        stream.idle = false;
        minimum.set_active(at);
        break;
      default:
        if (stream.idle || ended) // what is idle says so first
          continue;
        auto time = static_cast<event_time>(random() % 1000) - 500;
        stream.time = std::max(stream.time, time);
        reached = minimum.advance(at, time);
      }
      event_time now = time_of(streams);
      REQUIRE(reached.has_value() == (now > told));
      if (reached)
        REQUIRE(*reached == now);
      told = std::max(told, now);
      bool some_active = false, some_idle = false;
      for (const plain_stream& each : streams) {
        some_active = some_active || (!each.idle && each.time != max_event_time);
        some_idle = some_idle || each.idle;
      }
      REQUIRE(minimum.is_idle() == (some_idle && !some_active));
      REQUIRE(minimum.minimum() == told);
    }
  }
}

TEST_CASE("when all streams become idle, time does not depend on who did first") {
  std::vector<std::size_t> order{0, 1, 2};
  do {
    watermark_minimum minimum{3};
    minimum.advance(0, 10);
    minimum.advance(1, 30);
    minimum.advance(2, 20);
    for (std::size_t stream : order)
      minimum.set_idle(stream);
    CHECK(minimum.minimum() == 30);
    CHECK(minimum.is_idle());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a stream that becomes active behind the others holds time, and takes none back") {
  watermark_minimum minimum{2};
  minimum.advance(0, 10);
  minimum.set_idle(1);
  CHECK(minimum.minimum() == 10);
  minimum.set_active(1);
  CHECK_FALSE(minimum.advance(0, 20));
  CHECK_FALSE(minimum.advance(1, 5));
  CHECK_FALSE(minimum.advance(1, 10));
  CHECK(minimum.advance(1, 15) == 15);
}
