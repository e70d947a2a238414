#pragma once

#include <weir/detail/batch.hpp>
#include <weir/detail/windows/cold_panes.hpp>
#include <weir/detail/windows/pane_layers.hpp>
#include <weir/detail/windows/table_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace weir::detail {

/// Keeps panes within a number of bytes: writes layers into a cold store, those of the pane first that holds
/// most, and drops them from memory. Nothing is read for it: what the store has of a key already becomes one
/// with it when the pane is read.
///
/// A layer leaves piece by piece over several batches, so that none of them waits long. Until all of it is
/// written it counts as being in memory only.
template <class Fold>
class pane_writer {
public:
  pane_writer(cold_panes<Fold>& cold, table_pool<Fold>& tables) : cold_{cold}, tables_{tables} {}

  /// After so many records: writes a piece where memory begins to run out, and as much as is needed where it
  /// has. `each_pane(f)` calls f(pane) for all there are. `last_cut`: the number of the latest.
  template <class EachPane>
  void fit(std::size_t records, std::size_t bytes_max, std::uint64_t last_cut, EachPane&& each_pane) {
    std::erase_if(held_, [](const auto& each) { return each.first.expired(); });
    memory_use use = measure(each_pane);
    if (use.held > bytes_max / 4 * 3) {
      tables_.drop_spare();
      if (!of_)
        choose(use, bytes_max, last_cut, each_pane);
    }
    if (of_)
      write(pace * records);
    while ((use = measure(each_pane)).held > bytes_max &&
           (of_ || choose(use, bytes_max, last_cut, each_pane)))
      write(std::numeric_limits<std::size_t>::max());
  }

  /// The pane is about to go.
  void leave(const pane<Fold>& gone) {
    if (of_ == &gone)
      of_ = nullptr;
  }

  /// How many layers have left memory.
  [[nodiscard]] std::uint64_t layers_written() const { return layers_written_; }

  /// Bytes of layers that have left, but that a cut still reads.
  [[nodiscard]] std::size_t bytes_read_by_cut() const {
    std::size_t sum = 0;
    for (const auto& [table, bytes] : held_)
      sum += table.expired() ? 0 : bytes;
    return sum;
  }

private:
  /// Entries written for each record that came: what is left of memory when a layer begins to leave suffices
  /// until it has left.
  static constexpr std::size_t pace = 4;

  /// Bytes that panes hold.
  struct memory_use {
    std::size_t held = 0;    ///< with what tables take that are about to grow
    std::size_t shared = 0;  ///< that a cut reads: they stay, also when they are written
    std::size_t to_free = 0; ///< the others that are not empty
  };

  template <class EachPane>
  memory_use measure(EachPane&& each_pane) {
    memory_use use;
    use.shared = bytes_read_by_cut();
    std::size_t growth = 0;
    each_pane([&](const pane<Fold>& each) {
      use.to_free += bytes_to_free(each);
      for (const auto& layer : each.sealed)
        if (!is_sole_owner(layer.table))
          use.shared += layer.table->bytes();
      if (each.active) {
        growth = std::max(growth, each.active->growth_ahead(batch_capacity<typename Fold::record>));
        if (each.active->size() == 0)
          use.held += each.active->bytes();
      }
    });
    use.held += use.shared + use.to_free + growth + tables_.bytes();
    return use;
  }

  static std::size_t bytes_to_free(const pane<Fold>& of) {
    std::size_t bytes = of.active && of.active->size() != 0 ? of.active->bytes() : 0;
    for (const auto& layer : of.sealed)
      if (is_sole_owner(layer.table))
        bytes += layer.table->bytes();
    return bytes;
  }

  /// Chooses the layer that leaves next. False when there is none; and while a cut reads most of the memory,
  /// so that layers do not become tiny.
  template <class EachPane>
  bool choose(const memory_use& use, std::size_t bytes_max, std::uint64_t last_cut, EachPane&& each_pane) {
    if (use.shared != 0 && use.to_free < bytes_max / 4)
      return false;
    pane<Fold>* most = nullptr;
    std::size_t bytes = 0;
    each_pane([&](pane<Fold>& each) {
      if (std::size_t of_each = bytes_to_free(each); of_each > bytes) {
        most = &each;
        bytes = of_each;
      }
    });
    if (!most)
      return false;
    if (most->sealed.empty())
      most->sealed.push_back({std::exchange(most->active, tables_.make_small()), last_cut + 1});
    of_ = most;
    number_ = next_number_++;
    place_ = 0;
    return true;
  }

  /// Writes so many entries more.
  void write(std::size_t limit) {
    auto& [table, sealed_at] = of_->sealed.front();
    place_ = table->visit(place_, limit, [&](const typename Fold::slot& entry, std::uint64_t hash) {
      cold_.write(entry, hash, of_->start, number_, of_->cold);
    });
    cold_.flush();
    if (place_ != table->end())
      return;
    of_->cold.complete(number_, sealed_at);
    if (!is_sole_owner(table))
      held_.emplace_back(table, table->bytes());
    of_->sealed.erase(of_->sealed.begin());
    of_ = nullptr;
    ++layers_written_;
  }

  cold_panes<Fold>& cold_;
  table_pool<Fold>& tables_;
  pane<Fold>* of_ = nullptr; ///< its oldest layer in memory is being written
  std::uint32_t number_ = 0; ///< of that layer
  std::size_t place_ = 0;    ///< in its table
  std::uint32_t next_number_ = cold_layers::restored + 1;
  std::uint64_t layers_written_ = 0;
  std::vector<std::pair<std::weak_ptr<fold_table<Fold>>, std::size_t>> held_;
};

} // namespace weir::detail
