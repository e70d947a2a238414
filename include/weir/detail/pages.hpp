#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <utility>

namespace weir::detail {

/// An array of `T` in pages of its own, all bytes zero at first; values are neither constructed nor
/// destroyed.
///
/// From 2 MiB on the kernel is asked for huge pages: a table of random accesses then misses the TLB far less,
/// which was measured as 25 % at a million keys and 45 % at ten million (docs/benchmarks.md).
template <class T>
class page_array {
public:
  page_array() = default;
  page_array(const page_array&) = delete;

  /// Throws std::bad_alloc. `huge`: as above; without it, memory that was given back stays away.
  explicit page_array(std::size_t count, bool huge = true) : count_{count} {
    void* pages = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
      throw std::bad_alloc{};
    if (huge && bytes() >= huge_page)
      ::madvise(pages, bytes(), MADV_HUGEPAGE);
    values_ = static_cast<T*>(pages);
  }

  page_array(page_array&& other) noexcept
      : values_{std::exchange(other.values_, nullptr)}, count_{std::exchange(other.count_, 0)} {}

  page_array& operator=(page_array&& other) noexcept {
    std::swap(values_, other.values_);
    std::swap(count_, other.count_);
    return *this;
  }

  ~page_array() {
    if (values_)
      ::munmap(values_, bytes());
  }

  /// Gives the memory of values in [from, to) back, as far as it is whole pages; they are zero then.
  void drop(std::size_t from, std::size_t to) {
    constexpr std::size_t page = 4096;
    std::size_t first = (from * sizeof(T) + page - 1) / page * page;
    std::size_t last = to * sizeof(T) / page * page;
    if (first < last)
      ::madvise(reinterpret_cast<char*>(values_) + first, last - first, MADV_DONTNEED);
  }

  [[nodiscard]] T* data() const { return values_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] T& operator[](std::size_t index) const { return values_[index]; }

private:
  static constexpr std::size_t huge_page = 2 * 1024 * 1024;

  [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(T); }

  T* values_ = nullptr;
  std::size_t count_ = 0;
};

} // namespace weir::detail
