#pragma once

#include <weir/detail/pages.hpp>
#include <weir/detail/state/slot_array.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// What the task keeps for a cut while another thread reads it. Both own it; kept slots are added by the task
/// alone and read by the other thread once it has taken their segment.
template <class Slot>
class cut_log {
public:
  cut_log(std::uint32_t version, std::uint32_t confirmed) : version{version}, confirmed{confirmed} {}
  cut_log(const cut_log&) = delete;
  cut_log& operator=(const cut_log&) = delete;

  ~cut_log() {
    if constexpr (!std::is_trivially_destructible_v<Slot>)
      for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk)
        for (std::size_t i = 0, n = chunk + 1 == chunks_.size() ? used_ : chunk_size; i < n; ++i)
          std::destroy_at(&chunks_[chunk][i]);
  }

  /// Appends a copy of a slot to a segment's list.
  void keep(kept_slot<Slot>*& list, const Slot& slot, std::int64_t expires, bool changed) {
    if (used_ == chunk_size || chunks_.empty()) {
      chunks_.emplace_back(chunk_size);
      used_ = 0;
    }
    list = ::new (static_cast<void*>(&chunks_.back()[used_])) kept_slot<Slot>{list, expires, changed, slot};
    ++used_;
    memory.store(chunks_.size() * chunk_size * sizeof(kept_slot<Slot>), std::memory_order_relaxed);
  }

  const std::uint32_t version;
  const std::uint32_t confirmed;     ///< the last confirmed cut when this one was taken
  std::atomic<bool> finished{false}; ///< the other thread needs nothing any more
  std::atomic<std::size_t> memory{0};

private:
  static constexpr std::size_t chunk_size = 4096;

  std::vector<page_array<kept_slot<Slot>>> chunks_;
  std::size_t used_ = 0;
};

} // namespace weir::detail
