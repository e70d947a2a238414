#include "random_windows.hpp"
#include "seeds.hpp"

#include <weir/detail/windows/window_function.hpp>
#include <weir/detail/windows/window_operator.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <set>

using namespace windows_test;

namespace {

const weir::side_output<event> late_events{"late"};

using by_key = member_key<event, std::uint64_t>;
using plain_sum = record_fold<event, by_key, sum_of<event, std::int64_t>>;

template <class Windows, class Trigger, class Content>
keyed_operators operators(Windows windows, Trigger trigger, Content content, std::int64_t lateness) {
  using function = window_function<std::uint64_t, Windows, Trigger, Content>;
  using made = window_operator<event, std::uint64_t, by_key, typename Content::out, function>;
  function f{windows, trigger, content, lateness, late_events};
  keyed_operators all{[f] { return std::make_unique<made>(by_key{&event::key}, f); }};
  all.sides = {{"late", &record_type_of<event>()}};
  return all;
}

std::string text_of(std::uint64_t key, std::int64_t n) {
  return std::to_string(key) + '\t' + std::to_string(n);
}

/// Sessions, from all records of a key every time anew.
struct session_oracle {
  std::int64_t lateness;
  event_time now = min_event_time;
  struct session {
    std::int64_t start, end, sum;
  };
  std::map<std::uint64_t, std::vector<session>> open;
  std::vector<std::string> lines;
  std::size_t dropped = 0;

  static std::int64_t gap(const event& of) { return 5 + 3 * std::abs(of.n); }

  void add(event_time time, const event& of) {
    session merged{time, time + gap(of), of.n};
    auto& all = open[of.key];
    std::vector<session> apart;
    session whole = merged; // those that the record connects do not touch each other
    for (const session& each : all)
      if (each.start <= merged.end && merged.start <= each.end)
        whole = {std::min(whole.start, each.start), std::max(whole.end, each.end), whole.sum + each.sum};
      else
        apart.push_back(each);
    if (whole.end - 1 + lateness <= now) {
      ++dropped;
      return;
    }
    apart.push_back(whole);
    all = apart;
    if (whole.end - 1 <= now)
      lines.push_back(std::to_string(whole.end - 1) + ": " + text_of(of.key, whole.sum));
  }
  void advance(event_time time) {
    for (auto& [key, all] : open) {
      for (const session& each : all)
        if (each.end - 1 > now && each.end - 1 <= time)
          lines.push_back(std::to_string(each.end - 1) + ": " + text_of(key, each.sum));
      std::erase_if(all, [&](const session& each) { return later(each.end - 1, lateness) <= time; });
    }
    now = std::max(now, time);
  }
};

struct gap_of_event {
  std::chrono::milliseconds operator()(const event& of) const {
    return std::chrono::milliseconds{session_oracle::gap(of)};
  }
};

template <class Oracle>
void recompute(Oracle& oracle, const std::vector<step>& steps) {
  for (const step& each : steps) {
    if (each.what == step::kind::watermark)
      oracle.advance(each.time);
    for (const auto& [time, of] : each.records)
      oracle.add(time, of);
  }
  oracle.advance(max_event_time);
}

/// Counts records per key; a window fires with every third of its records, and forgets them; in windows of 50
/// by 20, of which the two latest records are kept.
struct count_oracle {
  bool evicting;
  event_time now = min_event_time;
  std::map<std::pair<event_time, std::uint64_t>, std::vector<event>> windows;
  std::map<std::pair<event_time, std::uint64_t>, int> seen;
  std::vector<std::string> lines;
  std::size_t dropped = 0;

  void add(event_time time, const event& of) {
    bool late = true;
    for (event_time start = time - 49; start <= time; ++start) {
      if (start % 20 != 0 || start + 49 <= now)
        continue;
      late = false;
      auto& records = windows[{start, of.key}];
      records.push_back(of);
      if (++seen[{start, of.key}] % 3 != 0)
        continue;
      std::int64_t sum = 0;
      for (std::size_t i = evicting && records.size() > 2 ? records.size() - 2 : 0; i < records.size(); ++i)
        sum += records[i].n;
      lines.push_back(std::to_string(start + 49) + ": " + text_of(of.key, sum));
      records.clear();
    }
    dropped += late;
  }
  void advance(event_time time) { now = std::max(now, time); }
};

} // namespace

TEST_CASE("sessions are those of a recomputation, whatever the disorder and the failures") {
  for (std::uint64_t seed : seeds()) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    std::int64_t lateness = random() % 2 == 0 ? 0 : static_cast<std::int64_t>(random() % 200);
    auto steps = random_history(random, {60});
    session_oracle expected{lateness};
    recompute(expected, steps);
    auto under_test =
        operators(session_windows<window_clock::event, gap_of_event>{{}}, weir::triggers::event_time{},
                  folded_content<plain_sum>{plain_sum{{&event::key}, {&event::n}}}, lateness);
    run_history(under_test, steps, random);
    REQUIRE(difference(under_test.lines, expected.lines) == "");
    REQUIRE(under_test.late.size() == expected.dropped);
  }
}

TEST_CASE("windows that fire by the count of their records give what a recomputation gives") {
  using std::chrono::milliseconds;
  for (std::uint64_t seed : seeds()) {
    for (bool evicting : {false, true}) {
      INFO("seed " << seed);
      std::mt19937_64 random{seed};
      auto steps = random_history(random, {50});
      count_oracle expected{evicting};
      recompute(expected, steps);
      aligned_windows<window_clock::event> windows{milliseconds{50}, milliseconds{20}};
      weir::triggers::purging trigger{weir::triggers::count{3}};
      plain_sum fold{{&event::key}, {&event::n}};
      auto under_test =
          evicting
              ? operators(windows, trigger,
                          evicted_content<plain_sum, weir::evictors::last>{fold, weir::evictors::last{2}}, 0)
              : operators(windows, trigger, folded_content<plain_sum>{fold}, 0);
      run_history(under_test, steps, random);
      REQUIRE(difference(under_test.lines, expected.lines) == "");
      REQUIRE(under_test.late.size() == expected.dropped);
    }
  }
}
