#pragma once

#include <weir/detail/arena.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir::detail {

struct record_type;

/// What is known of a batch without its record type: how many records, and which optional columns are filled.
///
/// A batch has one owner at a time: an operator that gets one by reference may change it, or keep it by
/// moving the pointer out. The reference count exists because actor messages copy handles; it is 1 wherever
/// operators run.
struct batch_base {
  explicit batch_base(const record_type& record) : type{&record} {}
  batch_base(const batch_base&) = delete;
  batch_base& operator=(const batch_base&) = delete;
  virtual ~batch_base() = default;

  /// Makes the batch empty and keeps its memory, so that a reused batch does not allocate.
  virtual void clear() = 0;

  const record_type* type;
  std::uint32_t size = 0;
  bool has_hashes = false;     ///< the key hash column is filled (keyed edges)
  bool has_timestamps = false; ///< the event time column is filled
  std::atomic<std::uint32_t> references{0};
};

/// Shared handle of a batch.
class batch_ptr {
public:
  batch_ptr() = default;
  explicit batch_ptr(batch_base* batch) : batch_{batch} { retain(); }
  batch_ptr(const batch_ptr& other) : batch_{other.batch_} { retain(); }
  batch_ptr(batch_ptr&& other) noexcept : batch_{std::exchange(other.batch_, nullptr)} {}
  batch_ptr& operator=(batch_ptr other) noexcept {
    std::swap(batch_, other.batch_);
    return *this;
  }
  ~batch_ptr() { release(); }

  explicit operator bool() const { return batch_ != nullptr; }
  batch_base& operator*() const { return *batch_; }
  batch_base* operator->() const { return batch_; }
  [[nodiscard]] batch_base* get() const { return batch_; }

private:
  void retain() {
    if (batch_)
      batch_->references.fetch_add(1, std::memory_order_relaxed);
  }
  void release() {
    if (batch_ && batch_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete batch_;
  }

  batch_base* batch_ = nullptr;
};

/// The most records a batch holds: 1024, or what fits 32 KiB (both measured: docs/benchmarks.md), at
/// least 16.
template <class T>
inline constexpr std::uint32_t
    batch_capacity = static_cast<std::uint32_t>(std::clamp<std::size_t>(32 * 1024 / sizeof(T), 16, 1024));

/// Records of one type, with a column of key hashes and one of event times that are allocated on first use.
///
/// The values stay constructed when the batch is cleared: a std::string keeps its capacity, so a stream of
/// strings does not allocate per record. There is room for one value beyond the capacity, so that a
/// branch-free filter may write before it knows whether the value counts.
template <class T>
struct batch final : batch_base {
  static constexpr std::uint32_t capacity = batch_capacity<T>;

  explicit batch(const record_type& record) : batch_base{record} {
    if constexpr (std::is_trivially_default_constructible_v<T>)
      values_ = std::make_unique_for_overwrite<T[]>(capacity + 1);
    else
      values_ = std::make_unique<T[]>(capacity + 1);
  }

  T* values() { return values_.get(); }
  const T* values() const { return values_.get(); }

  /// The key hash column, of `capacity` + 1 entries. The writer sets `has_hashes`.
  std::uint64_t* hashes() {
    if (!hashes_)
      hashes_ = std::make_unique_for_overwrite<std::uint64_t[]>(capacity + 1);
    return hashes_.get();
  }

  /// Event times in milliseconds since 1970, of `capacity` + 1 entries. The writer sets `has_timestamps`.
  std::int64_t* timestamps() {
    if (!timestamps_)
      timestamps_ = std::make_unique_for_overwrite<std::int64_t[]>(capacity + 1);
    return timestamps_.get();
  }

  void clear() override {
    size = 0;
    has_hashes = false;
    has_timestamps = false;
    bytes.clear();
  }

  /// The bytes that `text` values of this batch point to.
  arena bytes;

private:
  std::unique_ptr<T[]> values_;
  std::unique_ptr<std::uint64_t[]> hashes_;
  std::unique_ptr<std::int64_t[]> timestamps_;
};

} // namespace weir::detail
