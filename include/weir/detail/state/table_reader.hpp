#pragma once

#include <weir/detail/state/open_blocks.hpp>
#include <weir/detail/state/state_table.hpp>

#include <array>
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

/// Reads a frozen table segment by segment while the task goes on: what the task has not written since comes
/// from the slots, the rest from what it kept. The lock of a segment is held for a copy of its slots, or
/// where they are more than bytes, for encoding them.
template <class Entry>
class table_reader {
public:
  using table = state_table<Entry>;
  using slot = typename table::slot;

  struct options {
    bool changes_only = false;
    std::uint32_t max_parallelism = 1;
    std::int64_t now_ms = 0; ///< what expired before is left out
    /// Put behind the key, before the end of it: what tells the tables of one state apart.
    std::vector<char> key_suffix = {};
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

  /// Appends the entries of some more slots; false after the last.
  bool read_some(open_blocks& to) {
    if (part_ == frozen_.parts.size())
      return false;
    auto& slots = *frozen_.parts[part_].slots;
    if (segment_ == 0)
      segment_ = frozen_.parts[part_].begin / slots_per_segment;
    if (segment_ < slots.segments.size()) {
      take(slots, segment_++, to);
      return true;
    }
    ++part_;
    segment_ = 0;
    return true;
  }

private:
  using array = typename table::array;

  void take(array& from, std::size_t number, open_blocks& to) {
    auto& marks = from.segments[number];
    const std::size_t first = number * slots_per_segment;
    std::size_t copied = 0;
    const kept_slot<slot>* kept = nullptr;
    {
      std::lock_guard guard{marks};
      marks.advance(frozen_.log->version, frozen_.log->confirmed);
      std::uint64_t wanted = ~marks.touched;
      if (how_.changes_only)
        wanted &= marks.dirty_before;
      for (; wanted != 0; wanted &= wanted - 1) {
        std::size_t i = first + static_cast<std::size_t>(std::countr_zero(wanted));
        if (i < frozen_.parts[part_].begin || !from.occupied(i))
          continue;
        std::int64_t expires = frozen_.expires ? from.times[i] : 0;
        if constexpr (std::is_trivially_copyable_v<slot>) {
          std::memcpy(&copies_[copied], &from.slots[i], sizeof(slot));
          times_[copied++] = expires;
        } else {
          append(from, from.slots[i], expires, to);
        }
      }
      kept = marks.kept;
      marks.kept = nullptr;
      marks.taken.store(frozen_.log->version, std::memory_order_release);
    }
    for (std::size_t i = 0; i < copied; ++i)
      append(from, *std::launder(reinterpret_cast<slot*>(&copies_[i])), times_[i], to);
    for (; kept; kept = kept->next)
      if (!how_.changes_only || kept->changed)
        append(from, kept->slot, kept->expires, to);
  }

  void append(const array& from, const slot& of, std::int64_t expires, open_blocks& to) {
    const auto& record = array::record_of(const_cast<slot&>(of));
    key_.clear();
    frozen_.entry.write_key(key_, record);
    if (noted_)
      noted_->push_back(wide_hash({key_.data(), key_.size()}));
    if (expires != 0 && expires <= how_.now_ms)
      return;
    std::uint64_t hash = frozen_.entry.group_hash(record, from.hash_of(of));
    state_block& block = to.of(key_group(hash, how_.max_parallelism));
    std::size_t before = block.size();
    key_.insert(key_.end(), how_.key_suffix.begin(), how_.key_suffix.end());
    append_to_column(block.keys, {key_.data(), key_.size()});
    const auto& value = Entry::value(record);
    if (frozen_.expires) {
      encoded_.resize(encoded_bound(value));
      encoded_.resize(static_cast<std::size_t>(write_value(encoded_.data(), value) - encoded_.data()));
      append_timed(block.values, expires, encoded_);
    } else {
      append_state_value(block.values, value);
    }
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
  /// Of a segment of slots that are nothing but bytes.
  std::array<raw_slot, std::is_trivially_copyable_v<slot> ? slots_per_segment : 1> copies_{};
  std::array<std::int64_t, slots_per_segment> times_{};
  std::vector<char> key_;
  std::vector<char> encoded_;
};

} // namespace weir::detail
