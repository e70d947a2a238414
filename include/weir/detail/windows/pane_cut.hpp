#pragma once

#include <weir/detail/ordered_bytes.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/windows/pane_layers.hpp>
#include <weir/detail/windows/pane_slices.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// What a cut of panes reads.
template <class Fold>
struct frozen_panes {
  std::vector<pane_parts<Fold>> open;
  std::vector<pane_parts<Fold>> dropped; ///< their keys are to be removed
  std::unique_ptr<cold_cursor> cold;     ///< there if any of them has cold layers
};

/// The panes of a state at one moment, for a writer in another thread. Holds sealed layers only.
template <class Fold>
class pane_cut final : public state_cut {
public:
  /// `slice_bytes`: for merging what is in the store.
  pane_cut(Fold fold, const pane_place& place, frozen_panes<Fold> panes, std::size_t slice_bytes)
      : fold_{std::move(fold)},
        place_{place},
        panes_{std::move(panes)},
        group_{place.first_key_group},
        merged_{place.range(), fold_.make_slot_key()} {
    if (panes_.cold)
      slices_.emplace(fold_, place_, slice_bytes);
  }

  bool next(state_block& to) override {
    for (; group_ <= place_.last_key_group; ++group_, pane_ = 0) {
      to.key_group = group_;
      for (; pane_ < panes_.open.size(); next_pane())
        if (!(is_cold(panes_.open[pane_]) ? write_slices(to, panes_.open[pane_])
                                          : write_gathered(to, panes_.open[pane_], false)))
          return true;
      // Removed keys stand behind the entries of a block.
      for (; pane_ - panes_.open.size() < panes_.dropped.size(); next_pane()) {
        const auto& dropped = panes_.dropped[pane_ - panes_.open.size()];
        if (!write_gathered(to, dropped, true) || (is_cold(dropped) && !write_cold_keys(to, dropped)))
          return true;
      }
      if (to.entries + to.removed != 0)
        return ++group_, pane_ = 0, true;
    }
    return false;
  }

private:
  using slot = typename Fold::slot;
  using parts = pane_parts<Fold>;

  [[nodiscard]] bool is_cold(const parts& pane) const {
    return !pane.cold.empty() && pane.cold.has(group_ - place_.first_key_group);
  }

  void next_pane() {
    ++pane_;
    begun_ = cold_begun_ = false;
  }

  /// Writes what the pane's tables have of the key group. False when the block is full.
  bool write_gathered(state_block& to, const parts& pane, bool removed) {
    if (!std::exchange(begun_, true))
      gather(pane);
    for (; entry_ < entries_.size(); ++entry_) {
      if (to.size() >= state_block::size_wanted)
        return false;
      write(to, pane.start, *entries_[entry_], removed);
    }
    return true;
  }

  /// Finds the entries of the key group in the pane's tables.
  void gather(const parts& pane) {
    entries_.clear();
    entry_ = 0;
    if (pane.layers.size() == 1) {
      if (pane.written_before == 0)
        collect(*pane.layers.front());
      return;
    }
    merged_.clear();
    for (std::size_t i = pane.written_before; i < pane.layers.size(); ++i)
      pane.layers[i]->visit_range(place_.range_of(group_),
                                  [&](const slot& entry, std::uint64_t hash) { add(pane, entry, hash); });
    collect(merged_);
  }

  void collect(const fold_table<Fold>& table) {
    table.visit_range(place_.range_of(group_),
                      [&](const slot& entry, std::uint64_t) { entries_.push_back(&entry); });
  }

  /// Merges an entry to what is there of its key, in the layers that were written before at first.
  void add(const parts& pane, const slot& entry, std::uint64_t hash) {
    const auto& key = fold_.key_of(entry);
    if (merged_.look_up(key, hash) == nullptr)
      for (std::size_t i = 0; i < pane.written_before; ++i)
        if (const slot* older = pane.layers[i]->look_up(key, hash))
          merge_entry(fold_, merged_, *older, hash);
    merge_entry(fold_, merged_, entry, hash);
  }

  /// Writes what tables and store have of the key group. False when the block is full.
  bool write_slices(state_block& to, const parts& pane) {
    if (!std::exchange(begun_, true)) {
      slices_->start({pane}, panes_.cold.get(), group_, group_);
      visited_ = 0;
    }
    for (; slices_->fill(std::numeric_limits<std::size_t>::max()) && !slices_->done();
         slices_->next(), visited_ = 0)
      while (visited_ != slices_->end()) {
        if (to.size() >= state_block::size_wanted)
          return false;
        visited_ = slices_->visit(visited_, 1, [&](const slot& entry, bool is_new) {
          if (is_new)
            write(to, pane.start, entry, false);
        });
      }
    return true;
  }

  /// Writes the keys that the store has of the key group, to be removed. False when the block is full.
  bool write_cold_keys(state_block& to, const parts& pane) {
    auto& at = *panes_.cold;
    std::string all = cold_pane_key::of_pane(group_, pane.start);
    if (!std::exchange(cold_begun_, true)) {
      at.seek(all);
      last_entry_.clear();
    }
    for (; at.valid() && at.key().starts_with(all); at.next()) {
      auto key = cold_pane_key::read(at.key());
      if (key.entry == last_entry_)
        continue; // of another layer
      if (to.size() >= state_block::size_wanted)
        return false;
      last_entry_ = key.entry;
      key_ = key.key;
      write_removed(to, pane.start);
    }
    return true;
  }

  void write(state_block& to, event_time pane, const slot& entry, bool removed) {
    key_.clear();
    append_ordered(key_, fold_.key_of(entry));
    if (removed) {
      write_removed(to, pane);
      return;
    }
    append_ordered(key_, pane);
    append_to_column(to.keys, key_);
    append_state_value(to.values, Fold::accumulator(entry));
    ++to.entries;
  }

  void write_removed(state_block& to, event_time pane) {
    append_ordered(key_, pane);
    append_to_column(to.keys, key_);
    ++to.removed;
  }

  Fold fold_;
  pane_place place_;
  frozen_panes<Fold> panes_;
  std::uint32_t group_;
  std::size_t pane_ = 0; ///< open ones first, then dropped ones
  bool begun_ = false;   ///< entries of the pane in this key group were gathered
  std::vector<const slot*> entries_;
  std::size_t entry_ = 0;
  fold_table<Fold> merged_;
  std::optional<pane_slices<Fold>> slices_;
  std::size_t visited_ = 0;
  bool cold_begun_ = false;
  std::string last_entry_;
  std::string key_;
};

} // namespace weir::detail
