#pragma once

#include "../workloads.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>

namespace bench::limits {

/// Zeroed memory straight from the system, as a large table wants it.
template <class T>
class zeroed_array {
public:
  zeroed_array(std::size_t size, bool huge_pages) : size_{size} {
    void* memory = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      throw std::bad_alloc{};
    if (huge_pages)
      ::madvise(memory, bytes(), MADV_HUGEPAGE);
    data_ = static_cast<T*>(memory);
  }
  ~zeroed_array() {
    if (data_)
      ::munmap(data_, bytes());
  }
  zeroed_array(zeroed_array&& other) noexcept
      : data_{std::exchange(other.data_, nullptr)}, size_{other.size_} {}
  zeroed_array& operator=(zeroed_array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  T& operator[](std::size_t i) { return data_[i]; }
  void clear() { std::memset(data_, 0, bytes()); }
  [[nodiscard]] std::size_t size() const { return size_; }

private:
  [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(T); }

  T* data_ = nullptr;
  std::size_t size_;
};

struct number_slot {
  std::uint64_t key;
  std::uint64_t value;
};

/// What one writes without thinking much: linear probing, at most five eighths full, no prefetching. Key 0
/// marks a free slot; the keys of the workload are never 0.
class linear_table {
public:
  [[gnu::always_inline]] std::uint64_t& operator[](std::uint64_t key) {
    for (std::uint64_t i = scramble(key) >> shift_;; i = (i + 1) & (slots_.size() - 1)) {
      number_slot& at = slots_[i];
      if (at.key == key)
        return at.value;
      if (at.key == 0)
        return insert(key, at);
    }
  }

  template <class F>
  void each(F&& f) {
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].key != 0)
        f(slots_[i].key, slots_[i].value);
  }

  /// Keeps the memory.
  void clear() {
    slots_.clear();
    size_ = 0;
  }

private:
  [[gnu::noinline]] std::uint64_t& insert(std::uint64_t key, number_slot& free) {
    if (size_ * 8 >= slots_.size() * 5) {
      auto old = std::exchange(slots_, zeroed_array<number_slot>{slots_.size() * 2, false});
      --shift_;
      for (std::size_t i = 0; i < old.size(); ++i)
        if (old[i].key != 0)
          free_slot(old[i].key) = old[i];
      return (*this)[key];
    }
    ++size_;
    free.key = key;
    return free.value;
  }

  number_slot& free_slot(std::uint64_t key) {
    std::uint64_t i = scramble(key) >> shift_;
    while (slots_[i].key != 0)
      i = (i + 1) & (slots_.size() - 1);
    return slots_[i];
  }

  zeroed_array<number_slot> slots_{16, false};
  int shift_ = 64 - 4;
  std::size_t size_ = 0;
};

/// Four slots to a cache line, compared without a branch; a quarter full while it fits a cache, else five
/// eighths; on huge pages from 2 MB. The best single-threaded loop we know at few keys.
class line_table {
public:
  [[gnu::always_inline]] std::uint64_t& operator[](std::uint64_t key) {
    for (std::uint64_t line = line_of(key);; line = (line + 1) & (lines_ - 1)) {
      number_slot* slot = &slots_[line * 4];
      std::size_t match = static_cast<std::size_t>(slot[1].key == key) +
                          static_cast<std::size_t>(slot[2].key == key) * 2 +
                          static_cast<std::size_t>(slot[3].key == key) * 3;
      if (slot[match].key == key) [[likely]]
        return slot[match].value;
      for (std::size_t i = 0; i < 4; ++i)
        if (slot[i].key == 0)
          return insert(key, slot[i]);
    }
  }

  template <class F>
  void each(F&& f) {
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].key != 0)
        f(slots_[i].key, slots_[i].value);
  }

  /// Keeps the memory.
  void clear() {
    slots_.clear();
    size_ = 0;
  }

private:
  static constexpr std::size_t cached_slots = 32 * 1024;

  [[gnu::always_inline]] std::uint64_t line_of(std::uint64_t key) const { return scramble(key) >> shift_; }

  [[gnu::noinline]] std::uint64_t& insert(std::uint64_t key, number_slot& free) {
    std::size_t limit = slots_.size() <= cached_slots ? slots_.size() / 4 : slots_.size() * 5 / 8;
    if (size_ >= limit) {
      grow();
      return (*this)[key];
    }
    ++size_;
    free.key = key;
    return free.value;
  }

  void grow() {
    std::size_t bigger = slots_.size() * 2;
    bool huge_pages = bigger * sizeof(number_slot) >= std::size_t{2} << 20;
    auto old = std::exchange(slots_, zeroed_array<number_slot>{bigger, huge_pages});
    lines_ *= 2;
    --shift_;
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (old[i].key == 0)
        continue;
      std::uint64_t to = line_of(old[i].key) * 4;
      while (slots_[to].key != 0)
        to = (to + 1) & (slots_.size() - 1);
      slots_[to] = old[i];
    }
  }

  zeroed_array<number_slot> slots_{64, false};
  std::size_t lines_ = 16;
  int shift_ = 64 - 4;
  std::size_t size_ = 0;
};

} // namespace bench::limits
