#include "built_operator.hpp"
#include "naive_windows.hpp"
#include "seeds.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>

using namespace windows_test;
using std::chrono::milliseconds;

namespace {

std::int64_t total(const kept_records& records) {
  std::int64_t sum = 0;
  for (const auto& each : records)
    sum += each.of.n;
  return sum;
}

/// Plays a history in both times.
template <class Oracle>
void recompute_both(Oracle& oracle, const std::vector<step>& steps) {
  for (const step& each : steps) {
    if (each.what == step::kind::wall)
      oracle.set_clock(each.time);
    if (each.what == step::kind::watermark)
      oracle.advance(each.time);
    for (const auto& [time, of] : each.records)
      oracle.add(time, of);
  }
  oracle.advance(max_event_time);
}

template <class Oracle, class Build>
void check_windows(std::uint64_t seed, std::mt19937_64& random, const history_shape& shape, Oracle expected,
                   Build build) {
  INFO("seed " << seed);
  auto steps = random_history(random, shape);
  recompute_both(expected, steps);
  auto under_test = operators_of(build);
  run_history(under_test, steps, random);
  REQUIRE(difference(under_test.lines, expected.lines) == "");
  REQUIRE(difference(under_test.late, expected.late) == "");
}

/// What is open of one key and window.
struct open_window_of_key {
  kept_records records;
  std::uint64_t seen = 0;
  std::optional<event_time> next; ///< when it fires besides
};

/// Keeps windows, of which other oracles say when they fire.
struct naive_open_windows {
  naive_windows::assigner assign = [](event_time) { return std::vector<window>{weir::global_window}; };
  std::int64_t lateness = 0;
  bool purges = false;

  event_time now = min_event_time;
  std::int64_t clock = 0;
  std::map<std::pair<window, std::uint64_t>, open_window_of_key> all;
  std::vector<std::string> lines;
  std::vector<std::string> late;

  bool is_gone(const window& of) const {
    return of != weir::global_window && later(of.last_time(), lateness) <= now;
  }

  /// `time`: of what made it fire.
  void fire(const window& of, std::uint64_t key, open_window_of_key& open, event_time time) {
    if (open.records.empty())
      return;
    auto at = of == weir::global_window ? std::max<event_time>(time, 0) : of.last_time();
    lines.push_back(timed(at, text_of(key, total(open.records))));
    if (purges)
      open.records.clear();
  }

  /// Calls `f(window, open)` for the windows that take the record.
  template <class F>
  void each_window(event_time time, const event& of, F&& f) {
    bool taken = false;
    for (const window& each : assign(time)) {
      if (is_gone(each))
        continue;
      taken = true;
      auto& open = all[{each, of.key}];
      open.records.push_back({time, of});
      f(each, open);
    }
    if (!taken && !assign(time).empty())
      late.push_back(timed(time, text_of(of.key, of.n)));
  }

  void set_clock(std::int64_t time) { clock = time; }
  void advance(event_time time) {
    now = std::max(now, time);
    std::erase_if(all, [&](const auto& each) { return is_gone(each.first.first); });
  }
};

struct naive_count : naive_open_windows {
  std::uint64_t count;

  void add(event_time time, const event& of) {
    each_window(time, of, [&](const window& each, open_window_of_key& open) {
      if (++open.seen % count == 0)
        fire(each, of.key, open, time);
    });
  }
};

struct naive_continuous_event_time : naive_open_windows {
  std::int64_t interval;

  void add(event_time time, const event& of) {
    each_window(time, of, [&](const window& each, open_window_of_key& open) {
      if (each.last_time() <= now) {
        fire(each, of.key, open, time);
      } else if (!open.next) {
        event_time end = time;
        do
          ++end;
        while (end % interval != 0);
        open.next = std::min(end, each.last_time());
      }
    });
  }

  void advance(event_time time) {
    for (auto& [at, open] : all) {
      const auto& [of, key] = at;
      bool ends = of.last_time() > now && of.last_time() <= time;
      if (open.next && *open.next <= time) {
        ends = ends && *open.next != of.last_time();
        fire(of, key, open, *std::exchange(open.next, std::nullopt));
      }
      if (ends)
        fire(of, key, open, of.last_time());
    }
    naive_open_windows::advance(time);
  }
};

struct naive_continuous_processing_time : naive_open_windows {
  std::int64_t interval;

  void add(event_time time, const event& of) {
    each_window(time, of, [&](const window&, open_window_of_key& open) {
      if (!open.next)
        open.next = clock + interval;
    });
  }

  void set_clock(std::int64_t time) {
    clock = time;
    for (auto& [at, open] : all)
      if (open.next && *open.next < clock) {
        open.next.reset();
        fire(at.first, at.second, open, min_event_time);
      }
  }
};

/// A trigger of a user: fires when what came since is more than 60 together, and forgets everything when a
/// record is 13.
struct when_much_came {
  struct state {
    std::int64_t since = 0;
  };
  weir::trigger_result on_record(const event& of, std::int64_t, const window&, state& kept,
                                 weir::trigger_context&) {
    if (of.n == 13)
      return weir::trigger_result::purge;
    kept.since += std::abs(of.n);
    if (kept.since <= 60)
      return weir::trigger_result::go_on;
    kept.since = 0;
    return weir::trigger_result::fire;
  }
};

struct naive_when_much_came : naive_open_windows {
  void add(event_time time, const event& of) {
    each_window(time, of, [&](const window& each, open_window_of_key& open) {
      if (of.n == 13) {
        open.records.clear();
        return;
      }
      open.seen += static_cast<std::uint64_t>(std::abs(of.n));
      if (open.seen > 60) {
        open.seen = 0;
        fire(each, of.key, open, time);
      }
    });
  }
};

/// Builds with a trigger or with the same that purges.
template <class Windows, class Trigger>
auto with_trigger(Windows windows, Trigger trigger, bool purges, std::int64_t lateness = 0) {
  return [=](const weir::stream<event>& records) {
    auto windowed = records.key_by(&event::key)
                        .window(windows)
                        .allowed_lateness(milliseconds{lateness})
                        .late_to(late_events);
    if (purges)
      windowed.trigger(weir::triggers::purging{trigger}).sum(&event::n);
    else
      windowed.trigger(trigger).sum(&event::n);
  };
}

} // namespace

TEST_CASE("windows that fire by the count of their records give what a recomputation gives") {
  for (std::uint64_t seed : seeds())
    for (bool purges : {false, true}) {
      std::mt19937_64 random{seed};
      std::uint64_t count = 1 + random() % 5;
      weir::triggers::count trigger{count};
      check_windows(seed, random, {50}, naive_count{{aligned(50, 20), 0, purges}, count},
                    with_trigger(weir::sliding(milliseconds{50}, milliseconds{20}), trigger, purges));
      check_windows(seed, random, {50}, naive_count{{.purges = purges}, count},
                    with_trigger(weir::global(), trigger, purges));
    }
}

TEST_CASE("windows that fire again and again in event time give what a recomputation gives") {
  for (std::uint64_t seed : seeds())
    for (bool purges : {false, true}) {
      std::mt19937_64 random{seed};
      std::int64_t interval = 1 + static_cast<std::int64_t>(random() % 70);
      std::int64_t lateness = static_cast<std::int64_t>(random() % 2 * (random() % 100));
      weir::triggers::continuous_event_time trigger{milliseconds{interval}};
      check_windows(seed, random, {50},
                    naive_continuous_event_time{{aligned(50, 50), lateness, purges}, interval},
                    with_trigger(weir::tumbling(milliseconds{50}), trigger, purges, lateness));
      check_windows(seed, random, {50}, naive_continuous_event_time{{.purges = purges}, interval},
                    with_trigger(weir::global(), trigger, purges));
    }
}

TEST_CASE("windows that fire again and again in processing time give what a recomputation gives") {
  for (std::uint64_t seed : seeds())
    for (bool purges : {false, true}) {
      std::mt19937_64 random{seed};
      std::int64_t interval = 1 + static_cast<std::int64_t>(random() % 70);
      weir::triggers::continuous_processing_time trigger{milliseconds{interval}};
      check_windows(seed, random, {50, clocks::both},
                    naive_continuous_processing_time{{aligned(50, 50), 0, purges}, interval},
                    with_trigger(weir::tumbling(milliseconds{50}), trigger, purges));
      check_windows(seed, random, {50, clocks::both},
                    naive_continuous_processing_time{{.purges = purges}, interval},
                    with_trigger(weir::global(), trigger, purges));
    }
}

TEST_CASE("a trigger of a user keeps its own state of each window") {
  for (std::uint64_t seed : seeds()) {
    std::mt19937_64 random{seed};
    check_windows(seed, random, {50}, naive_when_much_came{{aligned(50, 20)}},
                  with_trigger(weir::sliding(milliseconds{50}, milliseconds{20}), when_much_came{}, false));
    check_windows(seed, random, {50}, naive_when_much_came{},
                  with_trigger(weir::global(), when_much_came{}, false));
  }
}
