#pragma once

#include <weir/detail/state/heap_bytes.hpp>
#include <weir/detail/windows/cold_panes.hpp>
#include <weir/detail/windows/pane_layers.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// Panes of which a part is in a cold store, merged by key: slice by slice of the hashes, so that no more
/// than a slice of the result is in memory. Slices are within a key group and as large as memory allows.
///
///     start(panes)
///     while not done():   fill() until it returns true; visit(); next()
template <class Fold>
class pane_slices {
  using slot = typename Fold::slot;

public:
  /// `bytes_max`: of the table that a slice is merged in.
  pane_slices(Fold& fold, const pane_place& place, std::size_t bytes_max)
      : fold_{fold},
        place_{place},
        bytes_max_{std::max(bytes_max, bytes_min)},
        table_{place.range(), slice_key{fold_.make_slot_key()}} {}

  /// Begins with what the panes have of all key groups.
  void start(std::vector<pane_parts<Fold>> panes, cold_cursor* cold) {
    start(std::move(panes), cold, place_.first_key_group, place_.last_key_group);
  }
  /// Of the key groups [first, last]. The panes are in the order in which values are to be merged.
  void start(std::vector<pane_parts<Fold>> panes, cold_cursor* cold, std::uint32_t first,
             std::uint32_t last) {
    panes_ = std::move(panes);
    cold_ = cold;
    group_ = first;
    end_group_ = last + 1;
    begin_group();
  }

  [[nodiscard]] bool done() const { return group_ == end_group_; }

  /// Merges about so many entries more. Returns true when a slice is whole, and when all is done.
  bool fill(std::size_t limit) {
    while (!done()) {
      if (pane_ == panes_.size()) {
        if (table_.size() != 0)
          return true;
        next();
      } else if (limit == 0) {
        return false;
      } else if (read_pane(limit)) {
        ++pane_;
        positioned_ = false;
      }
      if (too_large_)
        shrink();
    }
    return true;
  }

  /// Calls `visit(entry, is_new)` as pane_table::visit does. `is_new`: the snapshot that a cut adds to lacks
  /// the entry or some of it.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) const {
    return table_.visit(from, limit,
                        [&](const slice_slot& at, std::uint64_t) { visit(at.value, at.is_new); });
  }
  [[nodiscard]] std::size_t end() const { return table_.end(); }

  /// Goes on to the next slice.
  void next() {
    bool small = bytes() < bytes_max_ / 4;
    unit_ += slice().width;
    if (small && width_ < units_max)
      width_ *= 2;
    if (unit_ >= end_unit_) {
      ++group_;
      begin_group();
    } else {
      begin_slice();
    }
  }

  /// Lets go of the panes.
  void finish() {
    panes_.clear();
    group_ = end_group_;
    table_.clear();
    heap_ = 0;
  }

  [[nodiscard]] std::size_t bytes() const { return table_.bytes() + heap_; }

private:
  struct slice_slot {
    slot value;
    bool is_new;
  };
  struct slice_key {
    typename Fold::slot_key key;
    [[gnu::always_inline]] decltype(auto) operator()(const slice_slot& at) const {
      return std::invoke(key, at.value);
    }
  };

  static constexpr std::size_t bytes_min = 16 * 1024;
  static constexpr std::uint64_t units_max = 1 << 16; ///< a unit is 2^48 hashes, see hash_range

  void begin_group() {
    if (done())
      return;
    hash_range all = place_.range_of(group_);
    unit_ = all.low >> 48;
    end_unit_ = unit_ + all.width;
    begin_slice();
  }

  [[nodiscard]] hash_range slice() const { return {unit_ << 48, std::min(width_, end_unit_ - unit_)}; }

  void begin_slice() {
    table_.clear(slice());
    heap_ = 0;
    pane_ = 0;
    positioned_ = false;
    too_large_ = false;
  }

  void shrink() {
    width_ = slice().width / 2;
    begin_slice();
  }

  /// Returns true when all of the slice is merged that the pane has, or the slice is too large.
  bool read_pane(std::size_t& limit) {
    const pane_parts<Fold>& pane = panes_[pane_];
    if (!pane.cold.empty() && pane.cold.has(group_ - place_.first_key_group) && !read_cold(pane, limit))
      return too_large_;
    for (std::size_t i = 0; i < pane.layers.size() && !too_large_; ++i)
      pane.layers[i]->visit_range(slice(), [&](const slot& entry, std::uint64_t hash) {
        if (!too_large_)
          merge(entry, hash, i >= pane.written_before);
      });
    return true;
  }

  /// Returns false when there is more.
  bool read_cold(const pane_parts<Fold>& pane, std::size_t& limit) {
    hash_range range = slice();
    if (!std::exchange(positioned_, true))
      cold_->seek(cold_pane_key::from_place(group_, pane.start, cold_pane_key::place_of(range.low)));
    for (; cold_->valid(); cold_->next(), --limit) {
      auto key = cold_pane_key::read(cold_->key());
      if (key.group != group_ || key.pane != pane.start || key.place > cold_pane_key::place_of(range.last()))
        return true;
      if (limit == 0 || too_large_)
        return false;
      if (key.layer >= pane.cold.end())
        continue;
      texts_.clear();
      slot entry = read_cold_entry<Fold>(key.key, cold_->value(), texts_);
      merge(entry, hash_key(fold_.key_of(entry)), key.layer >= pane.cold_written_before);
    }
    return true;
  }

  void merge(const slot& entry, std::uint64_t hash, bool is_new) {
    auto [at, made] = table_.find(fold_.key_of(entry), hash, [&] { return slice_slot{entry, is_new}; });
    if (!made) {
      fold_.merge(Fold::accumulator(at->value), Fold::accumulator(entry));
      at->is_new = at->is_new || is_new;
      table_.adopt(*at);
    }
    if constexpr (can_allocate<slot>())
      heap_ += heap_bytes(entry);
    too_large_ = bytes() + table_.growth_ahead(1) > bytes_max_ && slice().width > 1;
  }

  Fold& fold_;
  pane_place place_;
  std::size_t bytes_max_;

  std::vector<pane_parts<Fold>> panes_;
  cold_cursor* cold_ = nullptr;
  std::uint32_t group_ = 0;
  std::uint32_t end_group_ = 0;
  std::uint64_t unit_ = 0; ///< where the slice begins
  std::uint64_t end_unit_ = 0;
  std::uint64_t width_ = units_max; ///< of slices, but for the last of a key group
  std::size_t pane_ = 0;            ///< the one that is being merged
  bool positioned_ = false;         ///< the cursor is in it
  bool too_large_ = false;
  pane_table<slice_slot, slice_key> table_;
  std::size_t heap_ = 0;
  arena texts_;
};

} // namespace weir::detail
