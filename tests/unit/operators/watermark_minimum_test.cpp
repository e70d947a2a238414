#include "operators/watermark_minimum.hpp"

#include <doctest/doctest.h>

#include <random>

using weir::watermark_minimum;
using weir::detail::event_time;

TEST_CASE("the minimum is that of a plain recomputation, and is told only when it goes forward") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random{seed};
    std::size_t streams = 1 + random() % 5;
    watermark_minimum minimum{streams};
    std::vector<event_time> times(streams, weir::detail::min_event_time);
    event_time told = weir::detail::min_event_time;
    for (int step = 0; step < 200; ++step) {
      std::size_t stream = random() % streams;
      bool ends = random() % 100 == 0;
      auto time = ends ? weir::detail::max_event_time : static_cast<event_time>(random() % 1000) - 500;
      times[stream] = std::max(times[stream], time);
      event_time least = *std::min_element(times.begin(), times.end());
      auto reached = ends ? minimum.end(stream) : minimum.advance(stream, time);
      REQUIRE(reached.has_value() == (least > told));
      if (reached)
        REQUIRE(*reached == least);
      told = least;
    }
  }
}
