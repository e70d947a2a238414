#pragma once

#include <weir/detail/pages.hpp>
#include <weir/detail/state/entries.hpp>
#include <weir/detail/state/hash_range.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace weir::detail {

inline constexpr std::size_t slots_per_segment = 64;

/// An entry as it was when a cut was taken, of a slot that was written since.
template <class Slot>
struct kept_slot {
  kept_slot* next;
  std::int64_t expires;
  bool changed; ///< since the last confirmed cut
  Slot slot;
};

/// A segment as it was when a cut was taken.
template <class Slot>
struct kept_segment {
  std::uint64_t there;       ///< the slots that had an entry; not those that were kept before, one by one
  std::uint64_t changed;     ///< since the last confirmed cut
  const std::int64_t* times; ///< nullptr where entries do not expire
  alignas(Slot) std::byte bytes[slots_per_segment * sizeof(Slot)];

  [[nodiscard]] const Slot& slot(std::size_t i) const {
    return *std::launder(reinterpret_cast<const Slot*>(bytes + i * sizeof(Slot)));
  }
};

/// What is known of 64 slots. Bit n is about slot n. While a cut is read, the words are written under the
/// lock until the segment is taken.
template <class Slot>
struct segment {
  std::atomic<std::uint32_t> locked{0};
  std::atomic<std::uint32_t> taken{0}; ///< the last cut that has read it, or for which all of it was kept
  std::uint32_t version = 0;           ///< the cut that the words are about
  kept_slot<Slot>* kept = nullptr;     ///< slots as they were at the cut
  kept_segment<Slot>* copy = nullptr;  ///< the other ones
  std::uint64_t touched = 0;           ///< written since the cut
  std::uint64_t dirty = 0;             ///< the entry changed since the cut
  std::uint64_t dirty_before = 0;      ///< it changed between the last confirmed cut and this one
  std::uint64_t fresh = 0;             ///< the entry's key has come since the cut

  void lock() {
    for (int tries = 0; locked.exchange(1, std::memory_order_acquire) != 0; ++tries)
      if (tries > 100)
        std::this_thread::yield();
  }
  void unlock() { locked.store(0, std::memory_order_release); }

  /// What is known of the entry that a slot gets.
  void set(std::uint64_t bit, bool is_dirty, bool was_dirty_before, bool is_fresh) {
    dirty = is_dirty ? dirty | bit : dirty & ~bit;
    dirty_before = was_dirty_before ? dirty_before | bit : dirty_before & ~bit;
    fresh = is_fresh ? fresh | bit : fresh & ~bit;
  }

  /// Brings the words to cut `now`; `confirmed` is the last cut that was confirmed when it was taken.
  void advance(std::uint32_t now, std::uint32_t confirmed) {
    if (version == now)
      return;
    if (confirmed > version)
      dirty_before = 0;
    else
      dirty_before = dirty | (confirmed == version ? 0 : dirty_before);
    touched = dirty = fresh = 0;
    kept = nullptr; // of a cut that was given up
    copy = nullptr;
    version = now;
  }
};

template <class Record>
struct hashed_slot {
  std::uint64_t hash; ///< 0: free
  union {
    Record record;
  };

  hashed_slot(const hashed_slot&) requires(std::is_trivially_copyable_v<Record>) = default;
  hashed_slot(const hashed_slot& other) : hash{other.hash}, record(other.record) {}
  hashed_slot& operator=(const hashed_slot&) = delete;
  ~hashed_slot() requires(std::is_trivially_destructible_v<Record>) = default;
  ~hashed_slot() { record.~Record(); }
};

/// The memory of a table: places in the order of their hashes, some more behind them, since entries never go
/// around from the last place to the first.
///
///     │ places                │ tail │ 64 slots that stay free, so that every search ends │
///
/// In lines (lies_in_lines), key 0 marks a free slot; the entry with key 0 has the last slot of all.
template <class Entry>
class slot_array {
public:
  static constexpr bool in_lines = lies_in_lines<Entry>;
  static constexpr std::size_t unit = in_lines ? 4 : 1; ///< slots that one hash leads to
  using record = typename Entry::record;
  using slot = std::conditional_t<in_lines, record, hashed_slot<record>>;

  /// `places_min`: in slots. `version`: cuts up to this one do not know the array.
  slot_array(const Entry& entry, hash_range range, std::size_t places_min, bool expires,
             std::uint32_t version)
      : entry{entry},
        place_of{range, places_min / unit},
        places{place_of.count() * unit},
        end{(places / slots_per_segment + std::clamp<std::size_t>(places / 512, 2, 8)) * slots_per_segment},
        slots{end + slots_per_segment},
        segments{slots.size() / slots_per_segment},
        created{version} {
    if (expires)
      times = page_array<std::int64_t>{slots.size()};
  }
  slot_array(const slot_array&) = delete;
  slot_array& operator=(const slot_array&) = delete;

  ~slot_array() {
    if constexpr (!std::is_trivially_destructible_v<record>)
      for (std::size_t i = begin; i < end; ++i)
        if (occupied(i))
          std::destroy_at(&at(i));
  }

  /// The hash as slots have it: never 0 beside a record.
  [[gnu::always_inline]] static std::uint64_t stored(std::uint64_t hash) {
    if constexpr (in_lines)
      return hash;
    else
      return hash ? hash : 1;
  }

  /// The slot at which the search for a hash begins.
  [[gnu::always_inline]] std::size_t home(std::uint64_t hash) const { return place_of(hash) * unit; }

  [[nodiscard]] static record& record_of(slot& of) {
    if constexpr (in_lines)
      return of;
    else
      return of.record;
  }
  [[nodiscard]] record& at(std::size_t i) const { return record_of(slots[i]); }

  [[nodiscard]] bool is_zero_place(std::size_t i) const { return in_lines && i == slots.size() - 1; }
  [[nodiscard]] std::size_t zero_place() const { return slots.size() - 1; }

  [[nodiscard]] bool occupied(std::size_t i) const {
    if constexpr (in_lines)
      return entry.key(slots[i]) != 0 || (is_zero_place(i) && has_zero);
    else
      return slots[i].hash != 0;
  }

  /// Never 0 for records beside their hash.
  [[nodiscard]] std::uint64_t hash_of(const slot& of) const {
    if constexpr (in_lines)
      return entry.hash(of);
    else
      return of.hash;
  }

  [[nodiscard]] std::size_t index_of(const record* of) const {
    if constexpr (in_lines) {
      return static_cast<std::size_t>(of - slots.data());
    } else {
      auto offset = reinterpret_cast<const char*>(of) - reinterpret_cast<const char*>(slots.data());
      return static_cast<std::size_t>(offset) / sizeof(slot);
    }
  }

  /// The record with that key, from the slot on where the search for its hash begins; nullptr when it is not
  /// there.
  template <class Lookup>
  [[gnu::always_inline]] static record* search(const Entry& entry, slot* at, const Lookup& key,
                                               std::uint64_t hash) {
    if constexpr (in_lines) {
      if (key == 0) [[unlikely]]
        return nullptr; // its slot is elsewhere
      for (;; at += 4) {
        // At most one is equal. A sum is faster than or-ing: it takes fewer instructions, and branches less.
        std::size_t hit = static_cast<std::size_t>(entry.key(at[1]) == key) +
                          (static_cast<std::size_t>(entry.key(at[2]) == key) * 2) +
                          (static_cast<std::size_t>(entry.key(at[3]) == key) * 3);
        if (entry.key(at[hit]) == key) [[likely]]
          return at + hit;
        for (std::size_t i = 0; i < 4; ++i)
          if (entry.key(at[i]) == 0)
            return nullptr;
      }
    } else {
      for (;; ++at) {
        if (at->hash == hash && entry.key(at->record) == key) [[likely]]
          return &at->record;
        if (at->hash == 0)
          return nullptr;
      }
    }
  }

  /// The first free slot for a hash; `end` or more when the tail is full.
  [[nodiscard]] std::size_t free_slot(std::uint64_t hash) const {
    std::size_t i = home(hash);
    while (occupied(i))
      ++i;
    return i;
  }

  /// The nearest slot behind a hole whose record would not be found across it, and so has to go there. In
  /// lines a search goes on to the next line only from a full one.
  [[nodiscard]] std::optional<std::size_t> filler_of(std::size_t hole) const {
    if constexpr (in_lines) {
      std::size_t line = hole / 4 * 4;
      for (std::size_t k = line; k < line + 4; ++k)
        if (!occupied(k))
          return std::nullopt;
      // Some line behind, all full up to it, may have a record that belongs here or before.
      for (std::size_t behind = line + 4;; behind += 4) {
        bool full = true;
        for (std::size_t k = behind; k < behind + 4; ++k) {
          if (entry.key(slots[k]) == 0)
            full = false;
          else if (home(entry.hash(slots[k])) <= line)
            return k;
        }
        if (!full)
          return std::nullopt;
      }
    } else {
      for (std::size_t i = hole + 1; slots[i].hash != 0; ++i)
        if (home(slots[i].hash) <= hole)
          return i;
      return std::nullopt;
    }
  }

  /// Bytes of memory.
  [[nodiscard]] std::size_t memory() const {
    return slots.size() * sizeof(slot) + segments.size() * sizeof(segments[0]) +
           times.size() * sizeof(times[0]) + flags.size();
  }

  [[no_unique_address]] Entry entry;
  place_map place_of;
  std::size_t places;
  std::size_t end; ///< slots behind this one stay free
  page_array<slot> slots;
  page_array<segment<slot>> segments;
  page_array<std::int64_t> times; ///< when entries expire; empty where they do not
  page_array<std::uint8_t> flags; ///< of a cache; empty where there is none
  std::uint32_t created;
  std::size_t begin = 0; ///< slots before it were moved to another array
  bool has_zero = false;
};

} // namespace weir::detail
