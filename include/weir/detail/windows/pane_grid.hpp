#pragma once

#include <weir/detail/operator.hpp>

#include <cstdint>
#include <numeric>

/// Windows of one size that begin at regular times, cut into panes: the longest pieces of time that lie in
/// the same windows. A record is added to one pane, in however many windows it is.
///
///     size 6, slide 4, offset 0     panes of 2
///     time      0   2   4   6   8   10  12
///     windows   [───────────)
///                       [───────────)
///     panes     │ 0 │ 2 │ 4 │ 6 │ 8 │
namespace weir::detail {

class pane_grid {
public:
  /// Requires size > 0 and slide > 0. With slide > size there are times that are in no window.
  pane_grid(std::int64_t size, std::int64_t slide, std::int64_t offset)
      : size_{size}, slide_{slide}, offset_{remainder(offset, slide)}, pane_{std::gcd(size, slide)} {}

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t slide() const { return slide_; }
  [[nodiscard]] std::int64_t pane() const { return pane_; }
  [[nodiscard]] bool one_pane_windows() const { return size_ == pane_; }

  /// Beginning of the pane that `time` is in.
  [[nodiscard]] event_time pane_of(event_time time) const { return down(time, pane_); }

  /// Beginning of the first and of the last window that the pane is in. It is in none when the first is
  /// behind the last.
  [[nodiscard]] event_time first_window(event_time pane) const { return down(pane - size_, slide_) + slide_; }
  [[nodiscard]] event_time last_window(event_time pane) const { return down(pane, slide_); }

  /// The last time for which the pane matters.
  [[nodiscard]] event_time last_time(event_time pane) const { return last_window(pane) + size_ - 1; }

  /// Is there a window that the pane is in?
  [[nodiscard]] bool covers(event_time pane) const { return pane - last_window(pane) < size_; }

  /// Counts panes, from the one at the offset.
  [[nodiscard]] std::int64_t number_of(event_time pane) const { return (pane - offset_) / pane_; }
  [[nodiscard]] event_time at_number(std::int64_t number) const { return number * pane_ + offset_; }

private:
  static std::int64_t remainder(std::int64_t value, std::int64_t by) {
    std::int64_t rest = value % by;
    return rest < 0 ? rest + by : rest;
  }
  [[nodiscard]] event_time down(event_time time, std::int64_t step) const {
    return time - remainder(time - offset_, step);
  }

  std::int64_t size_;
  std::int64_t slide_;
  std::int64_t offset_;
  std::int64_t pane_;
};

} // namespace weir::detail
