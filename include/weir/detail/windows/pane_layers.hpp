#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/windows/cold_layers.hpp>
#include <weir/detail/windows/pane_table.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

/// A pane's entries lie in layers: what came since the last snapshot, behind what was there at each of them.
/// A key may be in several; its value is what merging them gives, oldest first. So a snapshot needs no copy
/// and no lock: the layer that was written to is sealed, another thread reads it, and records go to a new
/// one.
namespace weir::detail {

/// `Fold` says what an entry is and how two values of a key become one: see pane_folds.hpp.
template <class Fold>
using fold_table = pane_table<typename Fold::slot, typename Fold::slot_key>;

template <class Fold>
using table_ptr = std::shared_ptr<fold_table<Fold>>;

/// Merges an entry into a table, as what came later than the table's entry for the key.
template <class Fold>
[[gnu::always_inline]] inline void merge_entry(Fold& fold, fold_table<Fold>& into,
                                               const typename Fold::slot& entry, std::uint64_t hash) {
  auto [at, fresh] = into.find(
      fold.key_of(entry), hash, [&]() -> const auto& { return entry; });
  if (!fresh) {
    fold.merge(Fold::accumulator(*at), Fold::accumulator(entry));
    into.adopt(*at);
  }
}

/// The key groups of a state of windows.
struct pane_place {
  std::uint32_t first_key_group = 0;
  std::uint32_t last_key_group = 0;
  std::uint32_t max_parallelism = 1;

  [[nodiscard]] hash_range range() const {
    return hash_range::of_groups(first_key_group, last_key_group, max_parallelism);
  }
  [[nodiscard]] hash_range range_of(std::uint32_t group) const {
    return hash_range::of_groups(group, group, max_parallelism);
  }
};

/// Entries of one pane.
template <class Fold>
struct pane {
  struct layer {
    table_ptr<Fold> table;
    std::uint64_t sealed_at; ///< number of the first cut that has it
  };

  event_time start = 0;
  table_ptr<Fold> active;    ///< records go here
  std::vector<layer> sealed; ///< oldest first; not changed any more
  cold_layers cold;          ///< of bounded memory: what came before those

  /// Those in memory, oldest first.
  [[nodiscard]] std::vector<table_ptr<Fold>> tables() const {
    std::vector<table_ptr<Fold>> all;
    for (const layer& each : sealed)
      all.push_back(each.table);
    if (active->size() != 0 || all.empty())
      all.push_back(active);
    return all;
  }

  template <class F>
  void each_table(F&& f) const {
    for (const layer& each : sealed)
      f(*each.table);
    if (active)
      f(*active);
  }
};

/// What is read of a pane together, perhaps by another thread: sealed layers and what is in the store.
template <class Fold>
struct pane_parts {
  event_time start = 0;
  cold_layers cold;
  std::vector<table_ptr<Fold>> layers; ///< in memory, oldest first
  /// What is in the snapshot that a cut of changes adds to: cold layers before this one, and so many in
  /// memory.
  std::uint32_t cold_written_before = 0;
  std::size_t written_before = 0;
};

/// Is the table nobody else's? Then what others did to it is visible.
template <class Table>
bool is_sole_owner(const std::shared_ptr<Table>& table) {
  bool sole = table.use_count() == 1;
  std::atomic_thread_fence(std::memory_order_acquire);
  return sole;
}

/// Merges tables into one, a bounded number of entries at a time.
template <class Fold>
class table_merger {
public:
  /// Begins with the tables, oldest first, merged into an empty `target`.
  void start(std::vector<table_ptr<Fold>> from, table_ptr<Fold> target) {
    from_ = std::move(from);
    target_ = std::move(target);
    current_ = place_ = 0;
    std::size_t largest = 0;
    for (const auto& table : from_)
      largest = std::max(largest, table->size());
    target_->reserve(largest);
  }

  /// Returns true when all is merged.
  bool step(Fold& fold, std::size_t limit) {
    if (current_ == from_.size())
      return true;
    auto& table = *from_[current_];
    place_ = table.visit(place_, limit, [&](const typename Fold::slot& entry, std::uint64_t hash) {
      merge_entry(fold, *target_, entry, hash);
    });
    if (place_ == table.end()) {
      from_[current_++].reset();
      place_ = 0;
    }
    return current_ == from_.size();
  }

  /// What came of it.
  table_ptr<Fold> take() {
    from_.clear();
    current_ = place_ = 0;
    return std::move(target_);
  }

  [[nodiscard]] std::size_t bytes() const { return target_ ? target_->bytes() : 0; }

private:
  std::vector<table_ptr<Fold>> from_;
  table_ptr<Fold> target_;
  std::size_t current_ = 0;
  std::size_t place_ = 0;
};

} // namespace weir::detail
