#pragma once

#include <weir/detail/windows/pane_grid.hpp>
#include <weir/detail/windows/pane_slices.hpp>
#include <weir/detail/windows/pane_state.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir::detail {

/// The result of a window, by key, in bounded memory: its panes are merged slice by slice, what is in memory
/// of them with what is in the store. Nothing is kept for the next window.
template <class Fold>
class scanned_window {
public:
  scanned_window(Fold& fold, pane_state<Fold>& state, const pane_grid& grid)
      : state_{state}, grid_{grid}, slices_{fold, state.place(), state.slice_bytes()} {}

  /// Begins with the window that starts there.
  void start(event_time window) {
    stored_ = state_.scan();
    slices_.start(state_.parts(window, window + grid_.size()), stored_.get());
  }

  /// Does a bounded part of the work. Returns true when a part of the result can be visited.
  bool prepare(std::size_t limit) { return slices_.fill(limit); }

  /// Calls `visit(entry)` as pane_table::visit does, for the part that is there.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) const {
    return slices_.visit(from, limit, [&](const auto& entry, bool) { visit(entry); });
  }
  [[nodiscard]] std::size_t end() const { return slices_.end(); }

  /// Goes on to the next part. Returns false when there is none.
  bool next_part() {
    if (!slices_.done())
      slices_.next();
    return !slices_.done();
  }

  bool finish(std::size_t) {
    slices_.finish();
    stored_.reset();
    return true;
  }

private:
  pane_state<Fold>& state_;
  pane_grid grid_;
  pane_slices<Fold> slices_;
  std::unique_ptr<cold_cursor> stored_;
};

} // namespace weir::detail
