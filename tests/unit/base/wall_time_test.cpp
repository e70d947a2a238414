#include "base/wall_time.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using weir::wall_time;

namespace {

constexpr std::int64_t start = 1'700'000'000'000;

} // namespace

TEST_CASE("wall time is the system's as long as that goes forward") {
  wall_time wall;
  CHECK(wall.at(start, 5) == start);
  CHECK(wall.at(start, 5) == start);
  CHECK(wall.at(start + 7, 12) == start + 7);
  CHECK(wall.at(start + 3'600'000, 13) == start + 3'600'000);
}

TEST_CASE("after the clock is set back time goes on at half its speed until the clock has caught up") {
  wall_time wall;
  constexpr std::int64_t hour = 3'600'000;
  CHECK(wall.at(start, 0) == start);
  std::int64_t last = start;
  for (std::int64_t passed = 0; passed <= 3 * hour; passed += 1'000) {
    std::int64_t now = wall.at(start - hour + passed, passed);
    REQUIRE(now >= last);
    std::int64_t expected = start + (passed < 2 * hour ? passed / 2 : passed - hour);
    REQUIRE(now <= expected);
    REQUIRE(now >= expected - 1'000); // it catches up between two calls
    last = now;
  }
  // And again, twice.
  CHECK(wall.at(start, 4 * hour) == last);
  CHECK(wall.at(start + 1'000, 4 * hour + 1'000) == last + 500);
  CHECK(wall.at(start - hour, 4 * hour + 2'000) == last + 1'000);
}

TEST_CASE("threads that ask at once get times that go forward, each for itself") {
  wall_time wall;
  std::atomic<std::int64_t> system{start};
  std::atomic<bool> wrong{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      std::int64_t last = 0;
      for (int calls = 0; calls < 20'000; ++calls) {
        std::int64_t asked = system++;
        std::int64_t now = wall.at(calls == 10'000 ? start - 1'000 : asked, asked - start);
        wrong = wrong || now < last;
        last = now;
      }
    });
  for (auto& each : threads)
    each.join();
  CHECK_FALSE(wrong);
}
