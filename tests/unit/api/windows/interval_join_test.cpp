#include "random_windows.hpp"
#include "seeds.hpp"

#include <weir/detail/keyed.hpp>
#include <weir/detail/windows/interval_join.hpp>

#include <doctest/doctest.h>

#include <map>

using namespace windows_test;

namespace {

using by_key = member_key<event, std::uint64_t>;

struct emit_pair {
  void operator()(const event& left, const event& right, auto& out) const {
    out.emit(event{left.key, left.n * 1000 + right.n});
  }
};

/// Compares every record with all of the other side that came before it.
struct join_oracle {
  std::int64_t lower, upper;
  event_time now = min_event_time;
  std::vector<std::pair<event_time, event>> sides[2];
  std::vector<std::string> lines;

  void add(std::uint32_t side, event_time time, const event& of) {
    if (time <= now)
      return;
    for (const auto& [other_time, other] : sides[1 - side]) {
      event_time left_time = side == 0 ? time : other_time, right_time = side == 0 ? other_time : time;
      const event &left = side == 0 ? of : other, &right = side == 0 ? other : of;
      if (left.key != right.key || right_time < left_time + lower || right_time > left_time + upper)
        continue;
      lines.push_back(std::to_string(std::max(time, other_time)) + ": " + std::to_string(of.key) + '\t' +
                      std::to_string(left.n * 1000 + right.n));
    }
    sides[side].emplace_back(time, of);
  }
};

} // namespace

TEST_CASE("an interval join gives the pairs of a comparison of all records, whatever the disorder and the "
          "failures") {
  for (std::uint64_t seed : seeds()) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    std::int64_t lower = static_cast<std::int64_t>(random() % 200) - 100;
    std::int64_t upper = lower + static_cast<std::int64_t>(random() % 150);
    INFO("from " << lower << " to " << upper);
    auto steps = random_history(random, {100});
    for (step& each : steps)
      each.input = static_cast<std::uint32_t>(random() % 2);
    join_oracle expected{lower, upper};
    for (const step& each : steps) {
      if (each.what == step::kind::watermark)
        expected.now = std::max(expected.now, each.time);
      for (const auto& [time, of] : each.records)
        expected.add(each.input, time, of);
    }
    using function = interval_join_function<std::uint64_t, event, event, event, emit_pair>;
    using made = interval_join_operator<std::uint64_t, event, by_key, event, by_key, event, emit_pair>;
    keyed_operators under_test{[&] {
      return std::make_unique<made>(by_key{&event::key}, by_key{&event::key}, function{lower, upper, {}});
    }};
    run_history(under_test, steps, random, &play_events, 2);
    REQUIRE(difference(under_test.lines, expected.lines) == "");
    REQUIRE(under_test.entries() == 0);
  }
}
