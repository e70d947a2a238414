#pragma once

#include "keyed_operators.hpp"

#include <weir/detail/windows/window.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Random histories of a windows operator, and what a naive recomputation makes of them.
namespace windows_test {

struct event {
  std::uint64_t key;
  std::int64_t n;
};

inline std::uint64_t key_of(const event& of) {
  return of.key;
}

/// Records that come together, a watermark, or processing time that goes on.
struct step {
  enum class kind { records, watermark, wall } what = kind::records;
  std::vector<std::pair<event_time, event>> records;
  std::int64_t time = 0;
  std::uint32_t input = 0; ///< of the operator
};

enum class clocks { event, processing, both };

struct history_shape {
  std::int64_t unit = 100; ///< about a window's size
  clocks time = clocks::event;
};

/// An out-of-order stream with watermarks that now and then overtake records.
inline std::vector<step> random_history(std::mt19937_64& random, const history_shape& shape) {
  auto up_to = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  std::vector<step> steps;
  std::int64_t now = up_to(10) - 5 + (up_to(2) ? up_to(1'000'000) : 0);
  if (shape.time != clocks::event) {
    now = std::abs(now);
    steps.push_back({step::kind::wall, {}, now, 0});
  }
  std::int64_t sent = now - 1000, wall = now;
  std::int64_t disorder = 1 + up_to(shape.unit * 2), keys = 1 + up_to(up_to(4) == 0 ? 300 : 20),
               together = up_to(4) == 0 ? 100 : 12;
  if (up_to(10) == 0) // more than a few panes hold at once
    keys = 1'000, together = 200;
  for (std::int64_t i = 0, n = 20 + up_to(60); i < n; ++i) {
    now += up_to(4) == 0 ? up_to(shape.unit) : up_to(1 + shape.unit / 10);
    if (up_to(40) == 0)
      now += up_to(shape.unit * 10);
    step made;
    if (up_to(3) != 0) {
      for (std::int64_t r = 0, count = 1 + up_to(together); r < count; ++r)
        made.records.emplace_back(now - up_to(disorder) + up_to(2) * up_to(shape.unit),
                                  event{static_cast<std::uint64_t>(up_to(keys)), up_to(100) - 50});
    } else if (shape.time == clocks::processing || (shape.time == clocks::both && up_to(2) == 0)) {
      made.what = step::kind::wall;
      made.time = wall = std::max(wall, now);
    } else {
      made.what = step::kind::watermark;
      made.time = sent = std::max(sent, now - up_to(disorder));
    }
    steps.push_back(std::move(made));
  }
  return steps;
}

/// Gives a step to operators whose records are events.
inline void play_events(keyed_operators& to, const step& each) {
  if (each.what == step::kind::records)
    to.add(each.records, key_of, each.input);
  else if (each.what == step::kind::watermark)
    to.watermark(each.time);
  else
    to.set_wall(each.time);
}

/// Runs a history, with snapshots and failures after which the operators go on at another parallelism,
/// perhaps on another backend. Returns what came out, as if there had been no failure.
template <class Play = decltype(&play_events)>
void run_history(keyed_operators& under_test, const std::vector<step>& steps, std::mt19937_64& random,
                 Play play_step = &play_events, std::uint32_t inputs = 1) {
  auto parallelism = [&] { return static_cast<std::uint32_t>(1 + random() % 4); };
  stored_states stored;
  std::uint64_t number = 0;
  auto play = [&](const step& each) { play_step(under_test, each); };
  if (steps.front().what == step::kind::wall)
    under_test.wall_ms = steps.front().time;
  under_test.start(parallelism(), backend::any(random));
  std::size_t failures = 0;
  bool has_base = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (random() % 8 == 0 && failures < 4) {
      auto what = has_base && random() % 2 == 0 ? cut_kind::changes : cut_kind::full;
      auto taken = under_test.freeze(++number, what);
      auto lines = under_test.lines.size(), late = under_test.late.size();
      auto wall = under_test.wall_ms;
      // Goes on while the snapshot is not written yet, and perhaps fails.
      bool fails = random() % 2 == 0, abandoned = random() % 4 == 0;
      std::size_t fail_at = fails ? std::min(steps.size(), i + random() % 6) : i;
      for (std::size_t during = i; during < fail_at; ++during)
        play(steps[during]);
      if (abandoned) {
        under_test.abandon(std::move(taken));
        i = fail_at;
        if (i == steps.size())
          break;
      } else {
        under_test.store(std::move(taken), stored);
        has_base = true;
        if (fails) {
          ++failures;
          under_test.lines.resize(lines);
          under_test.late.resize(late);
          under_test.wall_ms = wall;
          under_test.start(parallelism(), backend::any(random), &stored);
          number = 0;
          has_base = false;
          if (random() % 2 == 0) {
            // Nothing is lost by a restore, and nothing is added.
            stored_states restored;
            under_test.store(under_test.freeze(++number, cut_kind::full), restored);
            REQUIRE(restored.keyed == stored.keyed);
          }
        } else if (random() % 2 == 0) {
          // What changes made of a snapshot is the state as it is.
          stored_states whole;
          under_test.store(under_test.freeze(++number, cut_kind::full), whole);
          REQUIRE(stored.keyed == whole.keyed);
        }
      }
    }
    play(steps[i]);
  }
  under_test.end(inputs);
}

} // namespace windows_test
