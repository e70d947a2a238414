#pragma once

#include <weir/detail/windows/pane_grid.hpp>
#include <weir/detail/windows/window.hpp>
#include <weir/detail/windows/window_time.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir::detail {

inline std::int64_t checked_window_ms(std::chrono::milliseconds value, const char* what) {
  if (value.count() <= 0)
    throw std::invalid_argument{std::string{what} + " of a window is " + std::to_string(value.count()) +
                                " ms: it must be above 0"};
  return value.count();
}

/// Windows of one size that begin at regular times.
template <window_clock Clock>
class aligned_windows {
public:
  static constexpr window_clock clock = Clock;

  aligned_windows(std::chrono::milliseconds size, std::chrono::milliseconds slide)
      : size_{checked_window_ms(size, "the size")}, slide_{checked_window_ms(slide, "the slide")} {}

  /// Windows begin at `by` instead of 1970-01-01 00:00 UTC, and whole slides before and after it.
  [[nodiscard]] aligned_windows offset(std::chrono::milliseconds by) const {
    aligned_windows changed = *this;
    changed.offset_ = by.count();
    return changed;
  }

  /// For the engine: calls `f(window)` for each window that a record is in.
  template <class T, class F>
  void each_window(const T&, event_time time, F&& f) {
    pane_grid all = grid();
    event_time pane = all.pane_of(time);
    for (event_time start = all.first_window(pane); start <= all.last_window(pane); start += slide_)
      f(window{start, start + size_});
  }

  /// For the engine.
  [[nodiscard]] pane_grid grid() const { return {size_, slide_, offset_}; }

private:
  std::int64_t size_;
  std::int64_t slide_;
  std::int64_t offset_ = 0;
};

/// Windows that end when nothing came for a time: that of a record, `Gap` says, or the same for all.
template <window_clock Clock, class Gap>
class session_windows {
public:
  static constexpr window_clock clock = Clock;

  explicit session_windows(Gap gap) : gap_{std::move(gap)} {}

  /// For the engine: calls `f(window)` for the session that the record alone makes.
  template <class T, class F>
  void each_window(const T& record, event_time time, F&& f) {
    f(window{time, time + gap_of(record)});
  }

private:
  template <class T>
  [[nodiscard]] std::int64_t gap_of(const T& record) {
    if constexpr (std::is_invocable_v<Gap&, const T&>)
      return checked_window_ms(
          std::chrono::duration_cast<std::chrono::milliseconds>(std::invoke(gap_, record)), "the gap");
    else {
      static_assert(std::is_same_v<Gap, std::chrono::milliseconds>,
                    "session takes a std::chrono duration, or a function of one record that returns one");
      return gap_.count();
    }
  }

  Gap gap_;
};

/// One window for all times.
struct all_windows {
  static constexpr window_clock clock = window_clock::event;

  template <class T, class F>
  void each_window(const T&, event_time, F&& f) {
    f(global_window);
  }
};

template <class>
inline constexpr bool is_aligned = false;
template <window_clock Clock>
inline constexpr bool is_aligned<aligned_windows<Clock>> = true;

template <class>
inline constexpr bool is_session = false;
template <window_clock Clock, class Gap>
inline constexpr bool is_session<session_windows<Clock, Gap>> = true;

} // namespace weir::detail
