#pragma once

#include "naive_windows.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace windows_test {

inline std::int64_t gap_of(const event& of) {
  return 5 + 3 * std::abs(of.n);
}

/// Sessions that keep all their records: see naive_windows. Gaps differ from record to record.
class naive_sessions {
public:
  naive_sessions(naive_windows::recomputation compute, std::int64_t lateness)
      : compute_{std::move(compute)}, lateness_{lateness} {}

  void add(event_time time, const event& of) {
    session whole{{time, time + gap_of(of)}, {}};
    std::vector<session> apart;
    for (const session& each : open_[of.key])
      if (each.of.start <= time + gap_of(of) && time <= each.of.end) {
        whole.of = {std::min(whole.of.start, each.of.start), std::max(whole.of.end, each.of.end)};
        whole.records.insert(whole.records.end(), each.records.begin(), each.records.end());
      } else {
        apart.push_back(each);
      }
    if (later(whole.of.last_time(), lateness_) <= now_) {
      late.push_back(timed(time, text_of(of.key, of.n)));
      return;
    }
    whole.records.push_back({time, of});
    if (whole.of.last_time() <= now_)
      emit(whole);
    apart.push_back(std::move(whole));
    open_[of.key] = std::move(apart);
  }

  void advance(event_time time) {
    for (auto& [key, all] : open_) {
      for (session& each : all)
        if (each.of.last_time() > now_ && each.of.last_time() <= time)
          emit(each);
      std::erase_if(all, [&](const session& each) { return later(each.of.last_time(), lateness_) <= time; });
    }
    now_ = std::max(now_, time);
  }

  std::vector<std::string> lines;
  std::vector<std::string> late;

private:
  struct session {
    window of;
    kept_records records;
  };

  void emit(session& of) {
    for (const std::string& text : compute_(of.of, of.records))
      lines.push_back(timed(of.of.last_time(), text));
  }

  naive_windows::recomputation compute_;
  std::int64_t lateness_;
  event_time now_ = min_event_time;
  std::map<std::uint64_t, std::vector<session>> open_;
};

inline auto gap() {
  return [](const event& of) { return std::chrono::milliseconds{gap_of(of)}; };
}

} // namespace windows_test
