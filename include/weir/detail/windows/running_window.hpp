#pragma once

#include <weir/detail/windows/pane_grid.hpp>
#include <weir/detail/windows/pane_state.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace weir::detail {

/// The result of a window, by key, for folds with an inverse: one table to which the panes that enter are
/// added, and from which those that leave are taken, so that the next window costs two panes however many it
/// has.
template <class Fold>
class running_window {
public:
  running_window(Fold& fold, pane_state<Fold>& state, const pane_grid& grid)
      : fold_{fold}, state_{state}, grid_{grid} {}

  /// Begins with the window that starts there. Windows come in order.
  void start(event_time window) {
    window_ = window;
    if (!table_ || end_ <= window) {
      table_ = make_table();
      live_ = 0;
      begin_ = end_ = window;
    }
    choose(begin_, window, -1);
    begin_ = window;
    choose(end_, window + grid_.size(), 1);
    end_ = window + grid_.size();
  }

  /// Does a bounded part of the work. Returns true when the result can be visited.
  bool prepare(std::size_t limit) { return work(limit); }

  /// Calls `visit(entry)` as pane_table::visit does.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) {
    return table_->visit(from, limit, [&](const running_slot& entry, std::uint64_t) {
      if (entry.parts != 0)
        visit(entry.value);
    });
  }
  [[nodiscard]] std::size_t end() const { return table_->end(); }

  /// All of the result is there at once.
  static bool next_part() { return false; }

  /// Gives up what is kept for windows to come, and the one that is being prepared.
  void reset() {
    table_.reset();
    parts_.clear();
    place_ = 0;
    live_ = 0;
  }
  [[nodiscard]] std::size_t bytes() const { return table_ ? table_->bytes() : 0; }

  /// The window was read: takes away the panes that the next one lacks. Returns true when all is done.
  bool finish(std::size_t limit) {
    event_time next = window_ + grid_.slide();
    if (begin_ != next) {
      choose(begin_, std::min(next, end_), -1);
      begin_ = next;
    }
    if (!work(limit))
      return false;
    for (const auto& pane : state_.panes())
      if (pane->start < end_)
        state_.pack(*pane);
    if (table_->size() > 2 * live_ + 1024)
      drop_dead();
    return true;
  }

  /// A record was added to a pane that has been in a window already; `fresh`: its key was not in the pane's
  /// table.
  void changed(event_time pane, const auto& key, std::uint64_t hash, const typename Fold::record& record,
               bool fresh) {
    if (!table_ || pane < begin_ || pane >= end_)
      return;
    auto [at, made] = table_->find(key, hash, [&] { return running_slot{fold_.make(key, record), 0}; });
    if (!made && at->parts != 0)
      fold_.add(Fold::accumulator(at->value), record);
    else if (!made)
      at->value = fold_.make(key, record);
    live_ += at->parts == 0;
    at->parts += fresh;
  }

  /// A pane is about to be dropped. It is still in the table when it is of late records alone, all of whose
  /// windows had passed before.
  void dropping(event_time pane) {
    if (!table_ || pane < begin_ || pane >= end_)
      return;
    choose(pane, pane + 1, -1);
    while (!work(std::numeric_limits<std::size_t>::max())) {
    }
  }

private:
  struct running_slot {
    typename Fold::slot value;
    std::uint32_t parts; ///< tables of the window that have the key; 0: it is not in the window
  };
  struct running_key {
    typename Fold::slot_key key;
    [[gnu::always_inline]] decltype(auto) operator()(const running_slot& at) const {
      return std::invoke(key, at.value);
    }
  };
  using table = pane_table<running_slot, running_key>;

  [[nodiscard]] std::unique_ptr<table> make_table() const {
    return std::make_unique<table>(state_.place().range(), running_key{fold_.make_slot_key()});
  }

  /// Puts the tables of the panes [from, to) on the list of those to be added or taken away.
  void choose(event_time from, event_time to, int sign) {
    for (const auto& pane : state_.panes())
      if (pane->start >= from && pane->start < to)
        for (auto& part : pane->tables())
          parts_.emplace_back(std::move(part), sign);
  }

  bool work(std::size_t limit) {
    if (parts_.empty())
      return true;
    auto& [part, sign] = parts_.front();
    if (place_ == 0)
      table_->reserve(std::max(live_, part->size()));
    if (sign > 0)
      place_ =
          part->visit(place_, limit, [this](const auto& entry, std::uint64_t hash) { enter(entry, hash); });
    else
      place_ =
          part->visit(place_, limit, [this](const auto& entry, std::uint64_t hash) { leave(entry, hash); });
    if (place_ == part->end()) {
      parts_.erase(parts_.begin());
      place_ = 0;
    }
    return parts_.empty();
  }

  [[gnu::always_inline]] void enter(const typename Fold::slot& entry, std::uint64_t hash) {
    auto [at, fresh] = table_->find(fold_.key_of(entry), hash, [&] { return running_slot{entry, 0}; });
    if (!fresh && at->parts != 0)
      fold_.merge(Fold::accumulator(at->value), Fold::accumulator(entry));
    else if (!fresh)
      at->value = entry;
    live_ += at->parts == 0;
    ++at->parts;
  }

  [[gnu::always_inline]] void leave(const typename Fold::slot& entry, std::uint64_t hash) {
    auto* at = table_->look_up(fold_.key_of(entry), hash);
    fold_.remove(Fold::accumulator(at->value), Fold::accumulator(entry));
    --at->parts;
    live_ -= at->parts == 0;
  }

  /// Leaves the entries that are in no pane of the window behind.
  void drop_dead() {
    auto fresh = make_table();
    fresh->reserve(live_);
    table_->visit(0, table_->size(), [&](const running_slot& entry, std::uint64_t hash) {
      if (entry.parts != 0)
        fresh->find(
            fold_.key_of(entry.value), hash, [&]() -> const auto& { return entry; });
    });
    table_ = std::move(fresh);
  }

  Fold& fold_;
  pane_state<Fold>& state_;
  pane_grid grid_;
  std::unique_ptr<table> table_;
  std::size_t live_ = 0; ///< entries with parts
  event_time window_ = 0;
  event_time begin_ = 0; ///< the panes [begin_, end_) are in the table
  event_time end_ = 0;
  std::vector<std::pair<table_ptr<Fold>, int>> parts_; ///< to be added (1) or taken away (-1)
  std::size_t place_ = 0;
};

} // namespace weir::detail
