#pragma once

#include "random_windows.hpp"

#include <weir/windows.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace windows_test {

using weir::window;

/// A record that came at a time: its own, or that of the clock.
struct kept_record {
  event_time time;
  event of;
};
using kept_records = std::vector<kept_record>; ///< in the order in which they came

/// A record as text, as a sink has it.
inline std::string text_of(std::uint64_t key, std::int64_t n) {
  return std::to_string(key) + '\t' + std::to_string(n);
}
inline std::string timed(event_time time, const std::string& text) {
  return std::to_string(time) + ": " + text;
}

/// Windows that keep all their records and compute each result from them anew, when time passes their end and
/// again with each late record.
class naive_windows {
public:
  /// The windows that a time is in.
  using assigner = std::function<std::vector<window>(event_time)>;
  /// What comes out, without its time; `records` are of one key, and not empty.
  using recomputation = std::function<std::vector<std::string>(const window&, kept_records& records)>;

  naive_windows(assigner assign, recomputation compute, std::int64_t lateness = 0)
      : assign_{std::move(assign)}, compute_{std::move(compute)}, lateness_{lateness} {}

  void add(event_time time, const event& of) {
    auto windows = assign_(time);
    bool too_late = !windows.empty();
    for (const window& each : windows) {
      if (later(each.last_time(), lateness_) <= now_)
        continue;
      too_late = false;
      kept_records& records = windows_[{each, of.key}];
      records.push_back({time, of});
      if (each.last_time() <= now_)
        emit(each, records);
    }
    if (too_late)
      late.push_back(timed(time, text_of(of.key, of.n)));
  }

  void advance(event_time time) {
    for (auto& [at, records] : windows_)
      if (at.first.last_time() > now_ && at.first.last_time() <= time)
        emit(at.first, records);
    now_ = std::max(now_, time);
  }

  std::vector<std::string> lines;
  std::vector<std::string> late; ///< records that came too late

private:
  void emit(const window& of, kept_records& records) {
    for (const std::string& text : compute_(of, records))
      lines.push_back(timed(of.last_time(), text));
  }

  assigner assign_;
  recomputation compute_;
  std::int64_t lateness_;
  event_time now_ = min_event_time;
  std::map<std::pair<window, std::uint64_t>, kept_records> windows_;
};

/// Tries each time at which a window could begin.
inline naive_windows::assigner aligned(std::int64_t size, std::int64_t slide, std::int64_t offset = 0) {
  return [=](event_time time) {
    std::vector<window> found;
    for (event_time start = time - size + 1; start <= time; ++start)
      if ((start - offset) % slide == 0)
        found.push_back({start, start + size});
    return found;
  };
}

/// Plays a history in event time.
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

/// The same in processing time. `ends`: what is open when the input has ended is given then.
template <class Oracle>
void recompute_by_clock(Oracle& oracle, const std::vector<step>& steps, bool ends) {
  std::int64_t wall = 0;
  for (const step& each : steps) {
    if (each.what == step::kind::wall) {
      wall = each.time;
      oracle.advance(wall - 1);
    }
    for (const auto& [time, of] : each.records)
      oracle.add(wall, of);
  }
  if (ends)
    oracle.advance(max_event_time);
}

} // namespace windows_test
