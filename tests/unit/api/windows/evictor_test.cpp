#include "built_operator.hpp"
#include "naive_windows.hpp"
#include "seeds.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace windows_test;
using std::chrono::milliseconds;

namespace {

/// All that is left, in order.
std::vector<std::string> listed(const kept_records& records) {
  std::int64_t digits = 0;
  for (const auto& each : records)
    digits = (digits * 7 + each.of.n) % 1'000'003;
  return {text_of(records.front().of.key, digits)};
}

struct list_all {
  void operator()(std::uint64_t key, const window&, const std::vector<event>& records, auto& out) const {
    std::int64_t digits = 0;
    for (const event& each : records)
      digits = (digits * 7 + each.n) % 1'000'003;
    out.emit(key, digits);
  }
};

/// A record is evicted for good. `evict(records)` is the recomputation's way to do what the evictor does.
template <class Evictor, class Evict>
void check_windows(std::uint64_t seed, Evictor evictor, Evict evict) {
  std::mt19937_64 random{seed};
  std::int64_t slide = 1 + static_cast<std::int64_t>(random() % 60);
  std::int64_t size = slide * (1 + static_cast<std::int64_t>(random() % 3));
  std::int64_t lateness = static_cast<std::int64_t>(random() % 2 * (random() % 200));
  INFO("seed " << seed << ": size " << size << " slide " << slide << " lateness " << lateness);
  auto steps = random_history(random, {std::max<std::int64_t>(size, 10)});
  naive_windows expected{aligned(size, slide),
                         [&](const window&, kept_records& records) -> std::vector<std::string> {
                           evict(records);
                           if (records.empty())
                             return {};
                           return listed(records);
                         },
                         lateness};
  recompute(expected, steps);
  auto under_test = operators_of([&](const weir::stream<event>& records) {
    records.key_by(&event::key)
        .window(weir::sliding(milliseconds{size}, milliseconds{slide}))
        .evict(evictor)
        .allowed_lateness(milliseconds{lateness})
        .late_to(late_events)
        .template process<event>(list_all{});
  });
  run_history(under_test, steps, random);
  REQUIRE(difference(under_test.lines, expected.lines) == "");
  REQUIRE(difference(under_test.late, expected.late) == "");
}

/// An evictor of a user.
struct drop_negative {
  void evict(std::vector<weir::timed_record<event>>& records, const window&) const {
    std::erase_if(records, [](const auto& each) { return each.record.n < 0; });
  }
};

} // namespace

TEST_CASE("evictors leave the records of a recomputation, whatever the disorder and the failures") {
  for (std::uint64_t seed : seeds()) {
    std::size_t count = seed % 4;
    check_windows(seed, weir::evictors::last{count}, [&](kept_records& records) {
      while (records.size() > count)
        records.erase(records.begin());
    });
    auto span = static_cast<std::int64_t>(seed % 40);
    check_windows(seed, weir::evictors::recent{milliseconds{span}}, [&](kept_records& records) {
      auto latest = std::ranges::max_element(records, {}, &kept_record::time)->time;
      std::erase_if(records, [&](const auto& each) { return each.time < latest - span; });
    });
    auto distance = [](const event& a, const event& b) { return static_cast<double>(std::abs(a.n - b.n)); };
    check_windows(seed, weir::evictors::near_last{20, distance}, [&](kept_records& records) {
      auto last = records.back().of.n;
      std::erase_if(records, [&](const auto& each) { return std::abs(each.of.n - last) >= 20; });
    });
    check_windows(seed, drop_negative{}, [&](kept_records& records) {
      std::erase_if(records, [](const auto& each) { return each.of.n < 0; });
    });
  }
}

TEST_CASE("evictors see what is left of windows that fire by count") {
  for (std::uint64_t seed : seeds()) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    auto steps = random_history(random, {50});
    std::map<std::uint64_t, std::pair<kept_records, int>> all;
    std::vector<std::string> expected;
    for (const step& each : steps)
      for (const auto& [time, of] : each.records) {
        auto& [records, seen] = all[of.key];
        records.push_back({time, of});
        if (++seen % 3 != 0)
          continue;
        while (records.size() > 2)
          records.erase(records.begin());
        expected.push_back(timed(std::max<event_time>(time, 0), listed(records).front()));
      }
    auto under_test = operators_of([&](const weir::stream<event>& records) {
      records.key_by(&event::key)
          .window(weir::global())
          .trigger(weir::triggers::count{3})
          .evict(weir::evictors::last{2})
          .process<event>(list_all{});
    });
    run_history(under_test, steps, random);
    REQUIRE(difference(under_test.lines, expected) == "");
  }
}
