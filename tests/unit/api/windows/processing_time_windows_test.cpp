#include "built_operator.hpp"
#include "naive_windows.hpp"
#include "seeds.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace windows_test;
using std::chrono::milliseconds;

/// Windows of processing time: the harness moves the clock.
namespace {

std::vector<std::string> added_up(const window&, kept_records& records) {
  std::int64_t sum = 0;
  for (const auto& each : records)
    sum += each.of.n;
  return {text_of(records.front().of.key, sum)};
}

template <class Fold>
void check_windows(std::uint64_t seed, bool sliding, Fold fold) {
  std::mt19937_64 random{seed};
  auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  std::int64_t slide = 1 + up_to(60);
  std::int64_t size = sliding ? 1 + up_to(2) * slide * (1 + up_to(10)) + up_to(50) : slide;
  std::int64_t offset = up_to(100) - 50;
  INFO("seed " << seed << ": size " << size << " slide " << slide << " offset " << offset);
  auto steps = random_history(random, {std::max<std::int64_t>(size, 10), clocks::processing});
  naive_windows expected{aligned(size, slide, offset), &added_up};
  recompute_by_clock(expected, steps, true);
  auto under_test = operators_of([&](const weir::stream<event>& records) {
    auto windows = sliding ? weir::sliding_processing_time(milliseconds{size}, milliseconds{slide})
                           : weir::tumbling_processing_time(milliseconds{size});
    fold(records.key_by(&event::key).window(windows.offset(milliseconds{offset})));
  });
  run_history(under_test, steps, random);
  REQUIRE(difference(under_test.lines, expected.lines) == "");
}

} // namespace

TEST_CASE("windows of processing time give what a recomputation gives, whatever the failures") {
  for (std::uint64_t seed : seeds())
    for (bool sliding : {false, true}) {
      check_windows(seed, sliding, [](auto windowed) { windowed.sum(&event::n); });
      check_windows(seed, sliding, [](auto windowed) {
        windowed.reduce([](const event& a, const event& b) { return event{a.key, a.n + b.n}; });
      });
    }
}
