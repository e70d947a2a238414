#include "random_windows.hpp"
#include "seeds.hpp"

#include <weir/detail/windows/pane_operator.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace windows_test;

namespace {

const weir::side_output<event> late_events{"late"};

using by_key = member_key<event, std::uint64_t>;
using sum = record_fold<event, by_key, reversible_sum_of<event, std::int64_t>>;
using plain_sum = record_fold<event, by_key, sum_of<event, std::int64_t>>;

struct greatest_and_count {
  struct accumulator {
    std::int64_t greatest = INT64_MIN;
    std::uint64_t count = 0;
  };
  void add(accumulator& to, const event& of) const {
    to.greatest = std::max(to.greatest, of.n);
    ++to.count;
  }
  void merge(accumulator& to, const accumulator& later) const {
    to.greatest = std::max(to.greatest, later.greatest);
    to.count += later.count;
  }
  std::pair<std::int64_t, std::uint64_t> result(const accumulator& of) const {
    return {of.greatest, of.count};
  }
};
using greatest = aggregate_fold<event, by_key, greatest_and_count>;

/// Gives each window's result from all its records, every time anew.
template <class Result>
struct oracle {
  std::int64_t size, slide, offset, lateness;
  Result result;
  event_time now = min_event_time;
  std::map<std::pair<event_time, std::uint64_t>, std::vector<event>> windows;
  std::vector<std::string> lines;
  std::size_t dropped = 0;

  std::vector<event_time> windows_of(event_time time) const {
    std::vector<event_time> found;
    for (event_time start = time - size + 1; start <= time; ++start)
      if ((start - offset) % slide == 0)
        found.push_back(start);
    return found;
  }
  void emit(event_time window, const std::vector<event>& records) {
    lines.push_back(std::to_string(window + size - 1) + ": " + result(records));
  }
  void add(event_time time, const event& of) {
    auto all = windows_of(time);
    bool late = !all.empty();
    for (event_time window : all) {
      if (window + size - 1 + lateness <= now)
        continue;
      late = false;
      auto& records = windows[{window, of.key}];
      records.push_back(of);
      if (window + size - 1 <= now)
        emit(window, records);
    }
    dropped += late;
  }
  void advance(event_time time) {
    for (auto& [at, records] : windows)
      if (at.first + size - 1 > now && at.first + size - 1 <= time)
        emit(at.first, records);
    now = std::max(now, time);
  }
};

template <class Fold, class Result>
void check(std::uint64_t seed, Fold fold, Result result) {
  std::mt19937_64 random{seed};
  auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  std::int64_t slide = 1 + up_to(60);
  std::int64_t size = up_to(3) == 0 ? slide : 1 + up_to(2) * slide * (1 + up_to(20)) + up_to(50);
  std::int64_t lateness = up_to(2) * up_to(200);
  std::int64_t offset = up_to(100) - 50;
  INFO("size " << size << " slide " << slide << " offset " << offset << " lateness " << lateness);
  auto steps = random_history(random, {std::max<std::int64_t>(size, 10)});

  oracle<Result> expected{size, slide, offset, lateness, result};
  for (const step& each : steps) {
    if (each.what == step::kind::watermark)
      expected.advance(each.time);
    for (const auto& [time, of] : each.records)
      expected.add(time, of);
  }
  expected.advance(max_event_time);

  keyed_operators under_test{[&] {
    return std::make_unique<pane_operator<Fold, window_clock::event>>(
        fold, pane_settings<event>{pane_grid{size, slide, offset}, lateness, late_events});
  }};
  under_test.sides = {{"late", &record_type_of<event>()}};
  run_history(under_test, steps, random);
  REQUIRE(difference(under_test.lines, expected.lines) == "");
  REQUIRE(under_test.late.size() == expected.dropped);
}

std::string sum_of_all(const std::vector<event>& records) {
  event all{records.front().key, 0};
  for (const event& each : records)
    all.n += each.n;
  return std::to_string(all.key) + '\t' + std::to_string(all.n);
}

std::string greatest_of_all(const std::vector<event>& records) {
  greatest_and_count::accumulator all;
  for (const event& each : records)
    greatest_and_count{}.add(all, each);
  return std::to_string(all.greatest) + '\t' + std::to_string(all.count);
}

} // namespace

TEST_CASE("windows give what a recomputation of each of them gives, whatever the disorder and the failures") {
  for (std::uint64_t seed : seeds()) {
    INFO("seed " << seed);
    CHECK_NOTHROW(check(seed, sum{{&event::key}, {{&event::n}}}, &sum_of_all));
    CHECK_NOTHROW(check(seed, plain_sum{{&event::key}, {&event::n}}, &sum_of_all));
    CHECK_NOTHROW(check(seed, greatest{{&event::key}, {}}, &greatest_of_all));
  }
}
