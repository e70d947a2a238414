#pragma once

#include <weir/detail/pages.hpp>
#include <weir/detail/state/slot_array.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// What the task keeps for a cut while another thread reads it. Both own it; what is kept is added by the
/// task alone and read by the other thread once the segment is taken.
template <class Slot>
class cut_log {
public:
  /// `segments`: how many there are to be kept.
  cut_log(std::uint32_t version, std::uint32_t confirmed, std::size_t segments)
      : version{version}, confirmed{confirmed}, segments_left_{segments} {}
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
    memory.store(slots_memory() + segments_memory_, std::memory_order_relaxed);
  }

  /// Room for a segment and, if they are wanted, for its times; their contents are unspecified.
  std::pair<kept_segment<Slot>*, std::int64_t*> room_for_segment(bool with_times) {
    constexpr std::size_t many = segments_chunk_bytes / sizeof(kept_segment<Slot>) + 1;
    if (segments_free_ == 0) {
      segments_free_ = std::clamp<std::size_t>(segments_left_, 1, many);
      segments_left_ -= std::min(segments_left_, segments_free_);
      segments_.emplace_back(segments_free_);
      if (with_times)
        times_.emplace_back(segments_free_ * slots_per_segment);
      segments_memory_ += segments_free_ * (sizeof(kept_segment<Slot>) +
                                            (with_times ? slots_per_segment * sizeof(std::int64_t) : 0));
      memory.store(slots_memory() + segments_memory_, std::memory_order_relaxed);
    }
    --segments_free_;
    return {&segments_.back()[segments_free_],
            with_times ? &times_.back()[segments_free_ * slots_per_segment] : nullptr};
  }

  const std::uint32_t version;
  const std::uint32_t confirmed;      ///< the last confirmed cut when this one was taken
  std::atomic<bool> finished{false};  ///< the other thread needs nothing any more
  std::atomic<std::size_t> memory{0}; ///< bytes of what the task keeps
  std::atomic<std::size_t> copied{0}; ///< bytes of what the other thread has copied itself

private:
  static constexpr std::size_t chunk_size = 4096;
  static constexpr std::size_t segments_chunk_bytes = 2 * 1024 * 1024; // a huge page

  [[nodiscard]] std::size_t slots_memory() const {
    return chunks_.size() * chunk_size * sizeof(kept_slot<Slot>);
  }

  std::vector<page_array<kept_slot<Slot>>> chunks_;
  std::size_t used_ = 0;
  std::vector<page_array<kept_segment<Slot>>> segments_;
  std::vector<page_array<std::int64_t>> times_;
  std::size_t segments_free_ = 0; ///< of the last chunk
  std::size_t segments_left_;
  std::size_t segments_memory_ = 0;
};

/// Keeps all of a segment but the slots that were kept before.
template <class Entry>
void keep_segment(cut_log<typename slot_array<Entry>::slot>& log, slot_array<Entry>& in, std::size_t number) {
  auto& marks = in.segments[number];
  auto [to, times] = log.room_for_segment(in.times.size() != 0);
  std::size_t first = number * slots_per_segment;
  std::uint64_t there = 0;
  for (std::size_t i = 0; i < slots_per_segment; ++i)
    there |= std::uint64_t{in.occupied(first + i)} << i;
  std::memcpy(to->bytes, &in.slots[first], sizeof to->bytes);
  if (times)
    std::memcpy(times, &in.times[first], slots_per_segment * sizeof times[0]);
  to->there = there & ~marks.touched;
  to->changed = marks.dirty_before;
  to->times = times;
  marks.copy = to;
  marks.taken.store(log.version, std::memory_order_release);
}

/// Keeps slot `i`, which is about to be written, for a cut that has not seen it; or, with it, all of a
/// segment that is written again and again. The segment is locked.
template <class Entry>
void keep(cut_log<typename slot_array<Entry>::slot>& log, slot_array<Entry>& in, std::size_t i) {
  constexpr int kept_one_by_one = 2; // more slots of a segment cost more than a copy of all
  auto& marks = in.segments[i / slots_per_segment];
  if constexpr (std::is_trivially_copyable_v<typename slot_array<Entry>::slot>)
    if (std::popcount(marks.touched) == kept_one_by_one)
      return keep_segment(log, in, i / slots_per_segment);
  std::uint64_t bit = std::uint64_t{1} << (i % slots_per_segment);
  marks.touched |= bit;
  if (in.occupied(i))
    log.keep(marks.kept, in.slots[i], in.times.size() != 0 ? in.times[i] : 0,
             (marks.dirty_before & bit) != 0);
}

} // namespace weir::detail
