#pragma once

#include <weir/detail/pages.hpp>
#include <weir/detail/state/open_blocks.hpp>
#include <weir/detail/state/state_table.hpp>
#include <weir/detail/state/timed_values.hpp>
#include <weir/detail/state_value.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// A hash wide enough to stand for a key.
using wide_hash_value = std::pair<std::uint64_t, std::uint64_t>;

inline wide_hash_value wide_hash(std::string_view bytes) {
  std::uint64_t first = hash_bytes(bytes.data(), bytes.size());
  std::uint64_t second = bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8))
    second = multiply_fold(second ^ hash_seed_2, load_8(bytes.data()) ^ hash_seed_1);
  for (char c : bytes)
    second = hash_combine(second, static_cast<unsigned char>(c));
  return {first, second};
}

/// Reads a frozen table while the task goes on: what the task has not written since comes from the slots, the
/// rest from what it kept. Segments are taken one by one, each under its lock: where slots are nothing but
/// bytes they are copied, unless the task has done so, and as many segments as fit are copied before the
/// first is encoded, so that the task has to keep little; others are encoded at once.
template <class Entry>
class table_reader {
public:
  using table = state_table<Entry>;
  using slot = typename table::slot;

  struct options {
    bool changes_only = false;
    std::uint32_t max_parallelism = 1;
    std::int64_t now_ms = 0;              ///< what expired before is left out
    std::size_t copied_max = 1024 * 1024; ///< bytes of slots that are copied at once, at least a segment
  };

  table_reader(typename table::frozen frozen, options how)
      : frozen_{std::move(frozen)}, how_{std::move(how)} {}
  table_reader(table_reader&&) = default;
  table_reader& operator=(table_reader&&) = delete;
  ~table_reader() { finish(); }

  /// Nothing more will be read: the task need not keep anything any more.
  void finish() {
    if (frozen_.log)
      frozen_.log->finished.store(true, std::memory_order_release);
  }

  /// Every key that is read is put there, by its hash.
  void note_keys(std::vector<wide_hash_value>* to) { noted_ = to; }

  /// Appends some more entries; false after the last.
  bool read_some(open_blocks& to) {
    if constexpr (copies) {
      if (next_copy_ == copied_ && given_.empty()) {
        if (part_ == frozen_.parts.size())
          return false;
        copy_ahead(to);
      }
      std::size_t end = std::min(copied_, next_copy_ + slots_per_segment);
      for (; next_copy_ < end; ++next_copy_)
        append(*std::launder(reinterpret_cast<slot*>(&copies_[next_copy_])),
               frozen_.expires ? times_[next_copy_] : 0, to);
      if (next_copy_ == copied_ && !given_.empty())
        append_given(to);
      return true;
    } else {
      return take_next(to);
    }
  }

private:
  using array = typename table::array;
  static constexpr bool copies = std::is_trivially_copyable_v<slot>;

  void copy_ahead(open_blocks& to) {
    if (copies_.size() == 0)
      make_copies();
    copied_ = next_copy_ = 0;
    while (copied_ + slots_per_segment <= copies_.size())
      if (!take_next(to)) {
        // Texts are not copied with their slots: the task has to keep them until all are encoded.
        if constexpr (!contains_text<typename Entry::record>)
          finish();
        return;
      }
  }

  void make_copies() {
    std::size_t slots = 0;
    for (const auto& part : frozen_.parts)
      slots += part.slots->segments.size() * slots_per_segment;
    slots = std::clamp(how_.copied_max / sizeof(slot), slots_per_segment, std::max(slots, slots_per_segment));
    copies_ = page_array<raw_slot>{slots};
    if (frozen_.expires)
      times_ = page_array<std::int64_t>{slots};
    frozen_.log->copied.store(slots * (sizeof(slot) + (frozen_.expires ? sizeof(std::int64_t) : 0)),
                              std::memory_order_relaxed);
  }

  /// Takes the next segment; false when there is none.
  bool take_next(open_blocks& to) {
    for (; part_ < frozen_.parts.size(); ++part_, segment_ = 0) {
      auto& slots = *frozen_.parts[part_].slots;
      if (segment_ == 0)
        segment_ = frozen_.parts[part_].begin / slots_per_segment;
      if (segment_ < slots.segments.size()) {
        take(slots, segment_++, to);
        return true;
      }
    }
    return false;
  }

  void take(array& from, std::size_t number, open_blocks& to) {
    auto& marks = from.segments[number];
    const std::size_t first = number * slots_per_segment;
    // Of a segment at the front, only what had not moved to another array.
    const std::uint64_t here = ~std::uint64_t{0} << (std::max(frozen_.parts[part_].begin, first) - first);
    const kept_slot<slot>* kept = nullptr;
    {
      std::lock_guard guard{marks};
      if (marks.taken.load(std::memory_order_relaxed) == frozen_.log->version) {
        give(*std::exchange(marks.copy, nullptr), here);
      } else {
        marks.advance(frozen_.log->version, frozen_.log->confirmed);
        std::uint64_t wanted = ~marks.touched & here;
        if (how_.changes_only)
          wanted &= marks.dirty_before;
        for (; wanted != 0; wanted &= wanted - 1) {
          std::size_t i = first + static_cast<std::size_t>(std::countr_zero(wanted));
          read(from.occupied(i), from.slots[i], frozen_.expires ? from.times[i] : 0, to);
        }
        marks.taken.store(frozen_.log->version, std::memory_order_release);
      }
      kept = std::exchange(marks.kept, nullptr);
    }
    for (; kept; kept = kept->next)
      if (!how_.changes_only || kept->changed)
        read(true, kept->slot, kept->expires, to);
  }

  [[gnu::always_inline]] void read(bool is_there, const slot& of, std::int64_t expires, open_blocks& to) {
    if constexpr (copies) {
      // No branch: which slots of a table are free cannot be predicted.
      std::memcpy(&copies_[copied_], &of, sizeof(slot));
      if (frozen_.expires)
        times_[copied_] = expires;
      copied_ += is_there ? 1 : 0;
    } else if (is_there) {
      append(of, expires, to);
    }
  }

  struct given_segment {
    const kept_segment<slot>* copy;
    std::uint64_t wanted;
  };

  void give(const kept_segment<slot>& copy, std::uint64_t here) {
    given_.push_back({&copy, copy.there & here & (how_.changes_only ? copy.changed : ~std::uint64_t{0})});
  }

  void append_given(open_blocks& to) {
    const auto [copy, wanted] = given_[next_given_++];
    for (std::uint64_t left = wanted; left != 0; left &= left - 1) {
      auto i = static_cast<std::size_t>(std::countr_zero(left));
      append(copy->slot(i), copy->times ? copy->times[i] : 0, to);
    }
    if (next_given_ == given_.size()) {
      given_.clear();
      next_given_ = 0;
    }
  }

  void append(const slot& of, std::int64_t expires, open_blocks& to) {
    const auto& record = array::record_of(const_cast<slot&>(of));
    if (has_passed(expires, how_.now_ms)) {
      if (noted_) {
        expired_key_.clear();
        frozen_.entry.write_key(expired_key_, record);
        noted_->push_back(wide_hash(expired_key_.view()));
      }
      return;
    }
    std::uint64_t hash = frozen_.entry.group_hash(record, frozen_.parts.front().slots->hash_of(of));
    state_block& block = to.of(key_group(hash, how_.max_parallelism));
    std::size_t before = block.size();
    append_entry(block.keys, [&](raw_bytes& column) {
      std::size_t start = column.size();
      frozen_.entry.write_key(column, record);
      if (noted_)
        noted_->push_back(wide_hash(column.view().substr(start)));
    });
    append_entry(block.values, [&](raw_bytes& column) {
      if (frozen_.expires)
        append_encoded(column, expires);
      append_encoded(column, Entry::value(record));
    });
    ++block.entries;
    to.added(block.size() - before);
  }

  struct alignas(slot) raw_slot {
    std::byte bytes[sizeof(slot)];
  };

  typename table::frozen frozen_;
  options how_;
  std::vector<wide_hash_value>* noted_ = nullptr;
  std::size_t part_ = 0;
  std::size_t segment_ = 0;
  page_array<raw_slot> copies_; ///< of slots that are taken and not yet encoded, from next_copy_ on
  page_array<std::int64_t> times_;
  std::size_t copied_ = 0;
  std::size_t next_copy_ = 0;
  std::vector<given_segment> given_; ///< copied by the task
  std::size_t next_given_ = 0;
  raw_bytes expired_key_;
};

} // namespace weir::detail
