#pragma once

#include <weir/detail/bytes.hpp>
#include <weir/detail/state/cold_side.hpp>
#include <weir/detail/state/timed_values.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::detail {

/// Drops what has expired from a cold store. As looking costs more there than in memory: from time to time, a
/// number of entries at once.
class expired_sweep {
public:
  /// `is_in_memory(key)`: a newer form of the entry is in the table.
  template <class F>
  void step(cold_side& store, std::int64_t now, F&& is_in_memory) {
    if (now >= looked_at_ && now - looked_at_ < pause_ms)
      return;
    looked_at_ = now;
    auto cursor = store.store().walk(hand_);
    for (std::size_t i = 0; i < looks && cursor->valid(); ++i, cursor->next()) {
      hand_.assign(cursor->key());
      if (cursor->value().size() >= 8 &&
          has_passed(static_cast<std::int64_t>(load_8(cursor->value().data())), now) && !is_in_memory(hand_))
        store.remove(hand_);
    }
    if (cursor->valid())
      hand_.push_back('\0'); // the smallest key behind it
    else
      hand_.clear();
  }

private:
  static constexpr std::size_t looks = 512;
  static constexpr std::int64_t pause_ms = 10;

  std::string hand_; ///< where to look next
  std::int64_t looked_at_ = 0;
};

} // namespace weir::detail
