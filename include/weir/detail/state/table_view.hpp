#pragma once

#include <weir/detail/state/slot_array.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::detail {

/// Lookups that a loop over a batch prefetches, does, and then goes on: more would not stay in the nearest
/// cache until they are done.
inline constexpr std::uint32_t prefetched_at_once = 256;

template <class Entry>
class state_table;

/// What a lookup needs of a table, for a loop to keep in registers. Until a record is added or erased, or the
/// table is tended or frozen.
template <class Entry>
class table_view {
public:
  using array = slot_array<Entry>;

  table_view() = default;

  /// The record with that key; nullptr when it is not there or the table must be asked itself.
  template <class Lookup>
  [[gnu::always_inline]] typename array::record* find(const Lookup& key, std::uint64_t hash) const {
    hash = array::stored(hash);
    std::size_t place = place_of_(hash);
    if (place - first_ >= count_) [[unlikely]]
      return nullptr;
    return array::search(entry_, slots_ + place * array::unit, key, hash);
  }

private:
  friend class state_table<Entry>;
  place_map place_of_;
  std::size_t first_ = 0; ///< places before it have moved
  std::size_t count_ = 0; ///< places from there on; 0: none is to be used
  typename array::slot* slots_ = nullptr;
  [[no_unique_address]] Entry entry_{};
};

} // namespace weir::detail
