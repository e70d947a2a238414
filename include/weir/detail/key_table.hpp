#pragma once

#include <weir/detail/arena.hpp>
#include <weir/detail/codec.hpp>
#include <weir/detail/hash.hpp>
#include <weir/detail/pages.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

/// Tables of one record per key, for operators that update them batch by batch: prefetch() for all hashes of
/// a batch, then find() for each. The misses of a batch overlap, which at a million keys and more makes this
/// faster than a plain loop over the same table.
///
/// The upper 16 bits of a hash choose the key group, so a subtask sees only some of them: the index comes
/// from the bits below.
namespace weir::detail {

/// Where a hash begins its search among 2^(64 - shift) places.
[[gnu::always_inline]] inline std::size_t table_index(std::uint64_t hash, int shift) {
  return (hash << 16) >> shift;
}

/// A small table stays in the cache, so it can be emptier and probe less.
inline std::size_t load_limit(std::size_t capacity) {
  constexpr std::size_t small = 1 << 15;
  return capacity <= small ? capacity / 4 : capacity / 8 * 5;
}

/// Is `T` a trivially copyable record of 16 bytes whose 8-byte integer key `Key` reads?
template <class T, class Key>
concept fits_line_table =
    std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T> && sizeof(T) == 16 &&
    !contains_text<T> && std::integral<std::remove_cvref_t<std::invoke_result_t<const Key&, const T&>>> &&
    sizeof(std::remove_cvref_t<std::invoke_result_t<const Key&, const T&>>) == 8;

/// Records of 16 bytes with an integer key inside, four to a cache line. The line is searched without a
/// branch, so that a lookup does not mispredict; key 0 marks a free place and has a place of its own.
template <class T, class Key>
class line_table {
public:
  explicit line_table(Key key) : key_{std::move(key)} { allocate(64); }

  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const {
    __builtin_prefetch(&records_[table_index(hash, shift_) * 4], 1);
  }

  /// The record with that key, and whether it is new: then it is what `make()` gave.
  template <class K, class Make>
  [[gnu::always_inline]] std::pair<T*, bool> find(K key, std::uint64_t hash, Make&& make) {
    if (key == 0) [[unlikely]]
      return find_zero(make());
    for (std::size_t line = table_index(hash, shift_);; line = (line + 1) & line_mask_) {
      T* at = &records_[line * 4];
      std::size_t hit = static_cast<std::size_t>(key_(at[1]) == key) |
                        (static_cast<std::size_t>(key_(at[2]) == key) * 2) |
                        (static_cast<std::size_t>(key_(at[3]) == key) * 3);
      if (key_(at[hit]) == key) [[likely]]
        return {at + hit, false};
      for (std::size_t i = 0; i < 4; ++i)
        if (key_(at[i]) == 0)
          return insert(make(), hash, at + i);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_ + (has_zero_ ? 1 : 0); }

  /// Calls `visit` for records from place `from` on until `limit` were visited; returns the place to go on
  /// from, or end() after the last.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) {
    if (from == 0 && has_zero_ && limit > 0) {
      visit(zero_);
      --limit;
    }
    for (; from < records_.size() && limit > 0; ++from) {
      if (key_(records_[from]) != 0) {
        visit(records_[from]);
        --limit;
      }
    }
    return from;
  }

  [[nodiscard]] std::size_t end() const { return records_.size(); }

private:
  void allocate(std::size_t capacity) {
    records_ = page_array<T>{capacity};
    line_mask_ = capacity / 4 - 1;
    shift_ = 64 - std::countr_zero(capacity / 4);
    limit_ = load_limit(capacity);
  }

  [[gnu::noinline]] std::pair<T*, bool> find_zero(const T& like) {
    bool fresh = !std::exchange(has_zero_, true);
    if (fresh)
      zero_ = like;
    return {&zero_, fresh};
  }

  [[gnu::noinline]] std::pair<T*, bool> insert(const T& like, std::uint64_t hash, T* at) {
    if (size_ >= limit_) {
      grow();
      return find(key_(like), hash, [&] { return like; });
    }
    ++size_;
    *at = like;
    return {at, true};
  }

  [[gnu::noinline]] void grow() {
    page_array<T> old = std::move(records_);
    allocate(old.size() * 2);
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (key_(old[i]) == 0)
        continue;
      std::size_t place = table_index(hash_key(key_(old[i])), shift_) * 4;
      while (key_(records_[place]) != 0)
        place = (place + 1) & (records_.size() - 1);
      records_[place] = old[i];
    }
  }

  [[no_unique_address]] Key key_;
  page_array<T> records_;
  std::size_t line_mask_ = 0;
  int shift_ = 0;
  std::size_t size_ = 0;
  std::size_t limit_ = 0;
  T zero_{};
  bool has_zero_ = false;
};

/// Records of any type, with their key's hash beside them. `Key` reads the key of a record.
template <class T, class Key>
class hash_table {
public:
  explicit hash_table(Key key) : key_{std::move(key)} { allocate(64); }
  hash_table(const hash_table&) = delete;
  hash_table& operator=(const hash_table&) = delete;

  ~hash_table() {
    if constexpr (!std::is_trivially_destructible_v<T>)
      visit(0, size_, [](T& record) { std::destroy_at(&record); });
  }

  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const {
    __builtin_prefetch(&slots_[table_index(hash, shift_)], 1);
  }

  /// The record with that key, and whether it is new: then it is what `make()` gave.
  template <class K, class Make>
  [[gnu::always_inline]] std::pair<T*, bool> find(const K& key, std::uint64_t hash, Make&& make) {
    hash = hash ? hash : 1; // 0 marks a free place
    for (std::size_t place = table_index(hash, shift_);; place = (place + 1) & (slots_.size() - 1)) {
      slot& at = slots_[place];
      if (at.hash == hash && std::invoke(key_, std::as_const(*at.record())) == key) [[likely]]
        return {at.record(), false};
      if (at.hash == 0)
        return insert(std::forward<Make>(make), hash, at);
    }
  }

  /// Must be called after a record was changed by more than its numbers: it may point to text of a batch.
  void adopt(T& record) {
    if constexpr (contains_text<T>) {
      rehome(record, *bytes_);
      if (bytes_->size() > compact_at_)
        compact();
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Bytes of long texts, replaced ones that are not dropped yet included.
  [[nodiscard]] std::size_t text_bytes() const { return bytes_->size(); }

  /// As in line_table.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) {
    for (; from < slots_.size() && limit > 0; ++from) {
      if (slots_[from].hash != 0) {
        visit(*slots_[from].record());
        --limit;
      }
    }
    return from;
  }

  [[nodiscard]] std::size_t end() const { return slots_.size(); }

private:
  struct slot {
    std::uint64_t hash;
    alignas(T) std::byte bytes[sizeof(T)];
    T* record() { return std::launder(reinterpret_cast<T*>(bytes)); }
  };

  static constexpr std::size_t smallest_compaction = 1024 * 1024;

  void allocate(std::size_t capacity) {
    slots_ = page_array<slot>{capacity};
    shift_ = 64 - std::countr_zero(capacity);
    limit_ = load_limit(capacity);
  }

  template <class Make>
  [[gnu::noinline]] std::pair<T*, bool> insert(Make&& make, std::uint64_t hash, slot& free) {
    slot* at = &free;
    if (size_ >= limit_) {
      grow();
      at = &free_slot(hash);
    }
    T* record = ::new (static_cast<void*>(at->bytes)) T(make());
    at->hash = hash;
    ++size_;
    adopt(*record);
    return {record, true};
  }

  [[gnu::noinline]] void grow() {
    page_array<slot> old = std::move(slots_);
    allocate(old.size() * 2);
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (old[i].hash == 0)
        continue;
      slot& to = free_slot(old[i].hash);
      to.hash = old[i].hash;
      ::new (static_cast<void*>(to.bytes)) T(std::move(*old[i].record()));
      std::destroy_at(old[i].record());
    }
  }

  slot& free_slot(std::uint64_t hash) {
    std::size_t place = table_index(hash, shift_);
    while (slots_[place].hash != 0)
      place = (place + 1) & (slots_.size() - 1);
    return slots_[place];
  }

  /// Drops the bytes of texts that were replaced.
  [[gnu::noinline]] void compact() {
    auto fresh = std::make_unique<arena>();
    visit(0, size_, [&](T& record) { rehome(record, *fresh); });
    bytes_ = std::move(fresh);
    compact_at_ = std::max(smallest_compaction, bytes_->size() * 2);
  }

  [[no_unique_address]] Key key_;
  page_array<slot> slots_;
  int shift_ = 0;
  std::size_t size_ = 0;
  std::size_t limit_ = 0;
  std::unique_ptr<arena> bytes_ = std::make_unique<arena>();
  std::size_t compact_at_ = smallest_compaction;
};

/// The table that suits a record.
template <class T, class Key>
using key_table = std::conditional_t<fits_line_table<T, Key>, line_table<T, Key>, hash_table<T, Key>>;

} // namespace weir::detail
