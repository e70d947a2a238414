#pragma once

#include <weir/detail/windows/pane_grid.hpp>
#include <weir/detail/windows/pane_state.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir::detail {

/// Adds batches to panes. A batch lies in one or two panes as a rule; then there is no look-up of a pane and
/// no unpredictable branch per record.
template <class Fold>
class pane_adder {
public:
  using record = typename Fold::record;

  pane_adder(Fold& fold, pane_state<Fold>& state, const pane_grid& grid)
      : fold_{fold}, state_{state}, grid_{grid} {}

  /// Adds records that are all of one pane.
  void add_all(event_time pane, const record* records, const std::uint64_t* hashes, std::uint32_t count) {
    auto& table = *state_.find_or_make(pane).active;
    for (std::uint32_t i = 0; i < count; ++i)
      table.prefetch(hashes[i]);
    for (std::uint32_t i = 0; i < count; ++i)
      add(table, records[i], hashes[i]);
  }

  /// Adds records of times from the pane `first` on, if they are of few panes and each pane is in a window.
  /// Returns false when they are not, and then has done nothing.
  bool add_spread(event_time first, event_time last_time, const record* records, const std::uint64_t* hashes,
                  const event_time* times, std::uint32_t count) {
    std::uint64_t pane = static_cast<std::uint64_t>(grid_.pane());
    if (static_cast<std::uint64_t>(last_time) - static_cast<std::uint64_t>(first) >= panes_max * pane ||
        grid_.slide() > grid_.size() || panes_max * pane > std::numeric_limits<std::uint32_t>::max())
      return false;
    std::array<std::uint32_t, panes_max> counts{};
    for (std::uint32_t i = 0; i < count; ++i) {
      pane_of_[i] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(times[i] - first) /
                                              static_cast<std::uint32_t>(pane));
      ++counts[pane_of_[i]];
    }
    std::array<fold_table<Fold>*, panes_max> tables{};
    for (std::size_t p = 0; p < panes_max; ++p)
      if (counts[p] != 0)
        tables[p] = state_.find_or_make(first + static_cast<event_time>(p * pane)).active.get();
    for (std::uint32_t i = 0; i < count; ++i)
      tables[pane_of_[i]]->prefetch(hashes[i]);
    for (std::uint32_t i = 0; i < count; ++i)
      add(*tables[pane_of_[i]], records[i], hashes[i]);
    return true;
  }

  /// Adds one record. Returns true when its key is new in the table.
  [[gnu::always_inline]] bool add(fold_table<Fold>& table, const record& from, std::uint64_t hash) {
    const auto& key = fold_.key_of_record(from);
    auto [at, fresh] = table.find(key, hash, [&]() -> decltype(auto) { return fold_.make(key, from); });
    if (!fresh) [[likely]] {
      fold_.add(Fold::accumulator(*at), from);
      if constexpr (contains_text<typename Fold::slot> && !Fold::keeps_text)
        table.adopt(*at);
    }
    return fresh;
  }

private:
  static constexpr std::size_t panes_max = 8;

  Fold& fold_;
  pane_state<Fold>& state_;
  pane_grid grid_;
  std::array<std::uint8_t, batch<record>::capacity + 1> pane_of_;
};

} // namespace weir::detail
