#pragma once

#include <weir/detail/ordered_bytes.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/windows/pane_layers.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// The panes of a state at one moment, for a writer in another thread. Holds sealed layers only.
template <class Fold>
class pane_cut final : public state_cut {
public:
  struct frozen_pane {
    event_time start = 0;
    std::vector<table_ptr<Fold>> layers; ///< oldest first
    std::size_t written_before = 0;      ///< so many of them are in the snapshot that this one adds to
    bool dropped = false;                ///< its keys are to be removed
  };

  pane_cut(Fold fold, hash_range range, std::uint32_t first_key_group, std::uint32_t last_key_group,
           std::uint32_t max_parallelism, std::vector<frozen_pane> panes)
      : fold_{std::move(fold)},
        panes_{std::move(panes)},
        group_{first_key_group},
        last_group_{last_key_group},
        max_parallelism_{max_parallelism},
        merged_{range, fold_.make_slot_key()} {}

  bool next(state_block& to) override {
    for (; group_ <= last_group_; ++group_) {
      to.key_group = group_;
      // Removed keys stand behind the entries of a block, so the dropped panes come last.
      for (; pane_ < 2 * panes_.size(); ++pane_) {
        const frozen_pane& pane = panes_[pane_ % panes_.size()];
        bool removing = pane_ >= panes_.size();
        if (pane.dropped != removing)
          continue;
        gather(pane);
        while (entry_ < entries_.size() && to.size() < state_block::size_wanted)
          write(to, pane, *entries_[entry_++]);
        if (entry_ < entries_.size())
          return true;
        gathered_ = false;
      }
      pane_ = 0;
      if (to.entries + to.removed != 0)
        return ++group_, true;
    }
    return false;
  }

private:
  using slot = typename Fold::slot;

  /// Finds the pane's entries of the key group.
  void gather(const frozen_pane& pane) {
    if (std::exchange(gathered_, true))
      return;
    entries_.clear();
    entry_ = 0;
    if (pane.layers.size() == 1) {
      if (pane.written_before == 0)
        collect(*pane.layers.front());
      return;
    }
    merged_.clear();
    for (std::size_t i = pane.written_before; i < pane.layers.size(); ++i)
      pane.layers[i]->visit_group(group_, max_parallelism_,
                                  [&](const slot& entry, std::uint64_t hash) { add(pane, entry, hash); });
    collect(merged_);
  }

  void collect(const fold_table<Fold>& table) {
    table.visit_group(group_, max_parallelism_,
                      [&](const slot& entry, std::uint64_t) { entries_.push_back(&entry); });
  }

  /// Merges an entry to what is there of its key, in the layers that were written before at first.
  void add(const frozen_pane& pane, const slot& entry, std::uint64_t hash) {
    const auto& key = fold_.key_of(entry);
    if (merged_.look_up(key, hash) == nullptr)
      for (std::size_t i = 0; i < pane.written_before; ++i)
        if (const slot* older = pane.layers[i]->look_up(key, hash))
          merge_entry(fold_, merged_, *older, hash);
    merge_entry(fold_, merged_, entry, hash);
  }

  void write(state_block& to, const frozen_pane& pane, const slot& entry) {
    key_.clear();
    append_ordered(key_, fold_.key_of(entry));
    append_ordered(key_, pane.start);
    append_to_column(to.keys, key_);
    if (pane.dropped) {
      ++to.removed;
      return;
    }
    append_state_value(to.values, Fold::accumulator(entry));
    ++to.entries;
  }

  Fold fold_;
  std::vector<frozen_pane> panes_;
  std::uint32_t group_;
  std::uint32_t last_group_;
  std::uint32_t max_parallelism_;
  std::size_t pane_ = 0; ///< counts all panes twice: entries first, then removed ones
  bool gathered_ = false;
  std::vector<const slot*> entries_;
  std::size_t entry_ = 0;
  fold_table<Fold> merged_;
  std::string key_;
};

} // namespace weir::detail
