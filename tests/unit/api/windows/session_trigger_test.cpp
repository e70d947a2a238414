#include "built_operator.hpp"
#include "naive_windows.hpp"
#include "seeds.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>

using namespace windows_test;
using std::chrono::milliseconds;

/// What triggers keep becomes one when sessions do.
namespace {

constexpr std::int64_t gap = 30;

struct session {
  window of;
  std::int64_t sum = 0;
  std::uint64_t seen = 0;         ///< since it fired
  std::optional<event_time> next; ///< when it fires besides
};

class naive_sessions {
public:
  explicit naive_sessions(std::int64_t lateness) : lateness_{lateness} {}

  std::vector<std::string> lines;
  std::vector<std::string> late;

protected:
  /// The session that the record makes, or belongs to now; nullptr when it is too late.
  session* take(event_time time, const event& of) {
    session whole{{time, time + gap}, of.n, 0, {}};
    auto& all = open_[of.key];
    std::vector<session> apart;
    for (const session& each : all) {
      if (each.of.start > time + gap || time > each.of.end) {
        apart.push_back(each);
        continue;
      }
      whole.of = {std::min(whole.of.start, each.of.start), std::max(whole.of.end, each.of.end)};
      whole.sum += each.sum;
      whole.seen += each.seen;
      if (each.next)
        whole.next = std::min(*each.next, whole.next.value_or(*each.next));
    }
    if (later(whole.of.last_time(), lateness_) <= now_) {
      late.push_back(timed(time, text_of(of.key, of.n)));
      return nullptr;
    }
    apart.push_back(whole);
    all = apart;
    return &all.back();
  }

  void fire(std::uint64_t key, const session& of) {
    lines.push_back(timed(of.of.last_time(), text_of(key, of.sum)));
  }

  void drop_until(event_time time) {
    for (auto& [key, all] : open_)
      std::erase_if(all, [&](const session& each) { return later(each.of.last_time(), lateness_) <= time; });
    now_ = std::max(now_, time);
  }

  std::int64_t lateness_;
  event_time now_ = min_event_time;
  std::map<std::uint64_t, std::vector<session>> open_;
};

struct naive_count : naive_sessions {
  std::uint64_t count;

  naive_count(std::int64_t lateness, std::uint64_t records) : naive_sessions{lateness}, count{records} {}
  void add(event_time time, const event& of) {
    session* taken = take(time, of);
    if (!taken || ++taken->seen < count)
      return;
    taken->seen = 0;
    fire(of.key, *taken);
  }
  void advance(event_time time) { drop_until(time); }
};

struct naive_continuous : naive_sessions {
  std::int64_t interval;

  naive_continuous(std::int64_t lateness, std::int64_t every) : naive_sessions{lateness}, interval{every} {}
  void add(event_time time, const event& of) {
    session* taken = take(time, of);
    if (!taken)
      return;
    if (taken->of.last_time() <= now_) {
      fire(of.key, *taken);
    } else if (!taken->next) {
      event_time next = time;
      do
        ++next;
      while (next % interval != 0);
      taken->next = std::min(next, taken->of.last_time());
    }
  }
  void advance(event_time time) {
    for (auto& [key, all] : open_)
      for (session& each : all) {
        event_time end = each.of.last_time();
        bool ends = end > now_ && end <= time;
        if (each.next && *each.next <= time) {
          ends = ends && *each.next != end;
          each.next.reset();
          fire(key, each);
        }
        if (ends)
          fire(key, each);
      }
    drop_until(time);
  }
};

template <class Oracle, class Trigger>
void check_windows(std::uint64_t seed, std::mt19937_64& random, std::int64_t lateness, Oracle expected,
                   Trigger trigger) {
  INFO("seed " << seed << ": lateness " << lateness);
  auto steps = random_history(random, {60});
  recompute(expected, steps);
  auto under_test = operators_of([&](const weir::stream<event>& records) {
    records.key_by(&event::key)
        .window(weir::session(milliseconds{gap}))
        .trigger(trigger)
        .allowed_lateness(milliseconds{lateness})
        .late_to(late_events)
        .sum(&event::n);
  });
  run_history(under_test, steps, random);
  REQUIRE(difference(under_test.lines, expected.lines) == "");
  REQUIRE(difference(under_test.late, expected.late) == "");
}

} // namespace

TEST_CASE("sessions with triggers fire as those of a recomputation, whatever the disorder and the failures") {
  for (std::uint64_t seed : seeds()) {
    std::mt19937_64 random{seed};
    std::int64_t lateness = static_cast<std::int64_t>(random() % 2 * (random() % 200));
    std::uint64_t count = 1 + random() % 5;
    check_windows(seed, random, lateness, naive_count{lateness, count}, weir::triggers::count{count});
    std::int64_t interval = 1 + static_cast<std::int64_t>(random() % 70);
    check_windows(seed, random, lateness, naive_continuous{lateness, interval},
                  weir::triggers::continuous_event_time{milliseconds{interval}});
  }
}
