#pragma once

#include <weir/detail/windows/window.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace weir {

/// A record of a window with its time.
template <class T>
struct timed_record {
  std::int64_t time = 0;
  T record;
};

/// Which records of a window are dropped before its result is made. An evictor is an object with
///
///     void evict(std::vector<weir::timed_record<T>>& records, const weir::window&);
///
/// that removes them from `records`, which are in the order in which they came.
namespace evictors {

/// Keeps the last `count` records.
class last {
public:
  explicit last(std::size_t count) : count_{count} {}
  template <class T>
  void evict(std::vector<timed_record<T>>& records, const window&) const {
    if (records.size() > count_)
      records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(count_));
  }

private:
  std::size_t count_;
};

/// Keeps the records that are at most `span` before the latest one.
class recent {
public:
  explicit recent(std::chrono::milliseconds span) : span_{span.count()} {}
  template <class T>
  void evict(std::vector<timed_record<T>>& records, const window&) const {
    std::int64_t latest = detail::min_event_time;
    for (const auto& each : records)
      latest = std::max(latest, each.time);
    std::erase_if(records, [&](const auto& each) { return latest - each.time > span_; });
  }

private:
  std::int64_t span_;
};

/// Keeps the records for which `distance(record, last record)` is less than `threshold`.
template <class F>
class near_last {
public:
  near_last(double threshold, F distance) : threshold_{threshold}, distance_{std::move(distance)} {}
  template <class T>
  void evict(std::vector<timed_record<T>>& records, const window&) {
    if (records.empty())
      return;
    T last = records.back().record;
    std::erase_if(records, [&](const auto& each) {
      return !(std::invoke(distance_, each.record, std::as_const(last)) < threshold_);
    });
  }

private:
  double threshold_;
  F distance_;
};

} // namespace evictors

namespace detail {

/// Windows that keep all of their records.
struct no_evictor {};

} // namespace detail
} // namespace weir
