#include "built_operator.hpp"
#include "naive_sessions.hpp"
#include "seeds.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace windows_test;
using std::chrono::milliseconds;

namespace {

std::vector<std::string> added_up(const window&, kept_records& records) {
  std::int64_t sum = 0;
  for (const auto& each : records)
    sum += each.of.n;
  return {text_of(records.front().of.key, sum)};
}

std::vector<std::string> each_with_bounds(const window& of, kept_records& records) {
  std::vector<std::string> texts;
  for (const auto& each : records)
    texts.push_back(text_of(each.of.key, each.of.n * 1'000'000 + of.end - of.start));
  return texts;
}

/// `fold(windowed stream)` says what is done with the records of a session.
template <class Fold>
void check_windows(naive_windows::recomputation compute, Fold fold) {
  for (std::uint64_t seed : seeds()) {
    std::mt19937_64 random{seed};
    std::int64_t lateness = random() % 2 == 0 ? 0 : static_cast<std::int64_t>(random() % 200);
    INFO("seed " << seed << ": lateness " << lateness);
    auto steps = random_history(random, {60});
    naive_sessions expected{compute, lateness};
    recompute(expected, steps);
    auto under_test = operators_of([&](const weir::stream<event>& records) {
      fold(records.key_by(&event::key)
               .window(weir::session(gap()))
               .allowed_lateness(milliseconds{lateness})
               .late_to(late_events));
    });
    run_history(under_test, steps, random);
    REQUIRE(difference(under_test.lines, expected.lines) == "");
    REQUIRE(difference(under_test.late, expected.late) == "");
  }
}

} // namespace

TEST_CASE("sessions are those of a recomputation, whatever the disorder and the failures") {
  check_windows(&added_up, [](auto windowed) { windowed.sum(&event::n); });
}

TEST_CASE("a function sees all records of a session and its bounds, whatever the disorder and the failures") {
  check_windows(&each_with_bounds, [](auto windowed) {
    windowed.template process<event>(
        [](std::uint64_t key, const window& of, const std::vector<event>& records, auto& out) {
          for (const event& each : records)
            out.emit(key, each.n * 1'000'000 + of.end - of.start);
        });
  });
}

TEST_CASE("sessions of processing time are those of a recomputation, whatever the failures") {
  for (std::uint64_t seed : seeds()) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    auto steps = random_history(random, {60, clocks::processing});
    naive_sessions expected{&added_up, 0};
    recompute_by_clock(expected, steps, false);
    auto under_test = operators_of([&](const weir::stream<event>& records) {
      records.key_by(&event::key).window(weir::session_processing_time(gap())).sum(&event::n);
    });
    run_history(under_test, steps, random);
    REQUIRE(difference(under_test.lines, expected.lines) == "");
  }
}
