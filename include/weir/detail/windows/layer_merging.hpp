#pragma once

#include <weir/detail/windows/cold_panes.hpp>
#include <weir/detail/windows/pane_layers.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weir::detail {

/// Makes one entry of those that a pane's layers in the store have of a key, a few keys at a time. Without it
/// a long window would have an entry for each time that a key left memory.
///
/// The value goes to the newest layer that the key has, so snapshots know as before which keys are new.
template <class Fold>
class layer_merging {
public:
  layer_merging(Fold& fold, cold_panes<Fold>& cold) : fold_{fold}, cold_{cold} {}

  [[nodiscard]] bool idle() const { return of_ == nullptr; }

  /// Begins with the pane if it is worth it.
  void begin(pane<Fold>& of) {
    if (!of.cold.worth_merging())
      return;
    of_ = &of;
    end_ = of.cold.end();
    group_ = 0;
    from_.clear();
  }

  /// Reads about so many entries.
  void step(std::size_t limit) {
    for (; of_ && limit > 0; next_group()) {
      if (!of_->cold.has(group_))
        continue;
      auto at = cold_.scan(*of_, group_, from_);
      while (at->valid() && limit > 0)
        merge_key(*at, limit);
      if (at->valid()) {
        from_ = at->key();
        break;
      }
    }
    cold_.flush();
  }

  /// The pane is about to go.
  void leave(const pane<Fold>& gone) {
    if (of_ == &gone)
      of_ = nullptr;
  }

private:
  void next_group() {
    from_.clear();
    if (++group_ < cold_.groups())
      return;
    of_->cold.merged();
    of_ = nullptr;
  }

  /// Reads what there is of the next key.
  void merge_key(cold_cursor& at, std::size_t& limit) {
    std::optional<typename Fold::slot> all;
    std::size_t parts = 0;
    texts_.clear();
    entry_ = cold_pane_key::read(at.key()).entry;
    for (; at.valid(); at.next()) {
      auto key = cold_pane_key::read(at.key());
      if (key.entry != entry_)
        break;
      limit -= limit != 0 ? 1 : 0;
      if (key.layer >= end_)
        continue;
      auto part = read_cold_entry<Fold>(key.key, at.value(), texts_);
      if (++parts == 1) {
        all = std::move(part);
      } else {
        cold_.remove(newest_);
        of_->cold.uncount(group_);
        fold_.merge(Fold::accumulator(*all), Fold::accumulator(std::as_const(part)));
      }
      newest_ = at.key();
    }
    if (parts > 1)
      cold_.replace(newest_, Fold::accumulator(*all));
  }

  Fold& fold_;
  cold_panes<Fold>& cold_;
  pane<Fold>* of_ = nullptr;
  std::uint32_t end_ = 0;   ///< layers from here on are left alone
  std::uint32_t group_ = 0; ///< counted from the subtask's first
  std::string from_;        ///< where to go on in it; empty: where it begins
  std::string entry_;
  std::string newest_;
  arena texts_;
};

} // namespace weir::detail
