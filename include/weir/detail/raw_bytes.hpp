#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace weir::detail {

/// Bytes that grow without being cleared. clear() keeps the memory; a moved-from object is empty.
class raw_bytes {
public:
  raw_bytes() = default;
  raw_bytes(const raw_bytes& other) { append(other.bytes()); }
  raw_bytes(raw_bytes&& other) noexcept
      : data_{std::move(other.data_)},
        size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  raw_bytes& operator=(const raw_bytes& other) {
    if (this != &other) {
      clear();
      append(other.bytes());
    }
    return *this;
  }
  raw_bytes& operator=(raw_bytes&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  ~raw_bytes() = default;

  [[nodiscard]] char* data() { return data_.get(); }
  [[nodiscard]] const char* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::span<const char> bytes() const { return {data(), size_}; }
  [[nodiscard]] std::string_view view() const { return {data(), size_}; }

  /// Room for `size` bytes behind those that are there; they count after add(). Pointers into the bytes end.
  [[gnu::always_inline]] char* reserve(std::size_t size) {
    if (size > capacity_ - size_) [[unlikely]]
      grow(size);
    return data_.get() + size_;
  }
  void add(std::size_t size) { size_ += size; }

  /// What is new has unspecified contents.
  void resize(std::size_t size) {
    if (size > size_)
      reserve(size - size_);
    size_ = size;
  }
  void append(std::span<const char> bytes) {
    std::ranges::copy(bytes, reserve(bytes.size()));
    add(bytes.size());
  }
  void clear() { size_ = 0; }

  friend bool operator==(const raw_bytes& a, const raw_bytes& b) { return a.view() == b.view(); }

private:
  [[gnu::noinline]] void grow(std::size_t size) {
    std::size_t capacity = std::max(2 * capacity_, size_ + size);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy_n(data_.get(), size_, larger.get());
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

} // namespace weir::detail
