#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace weir::detail {

/// Bytes that live as long as what they belong to. Blocks are kept over clear(), so a reused arena does not
/// allocate.
class arena {
public:
  /// Copies `bytes`; the result is valid until clear(). Amortised O(bytes).
  const char* keep(std::string_view bytes) {
    char* to = reserve(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return to;
  }

  /// Room for `size` bytes that the caller fills.
  char* reserve(std::size_t size) {
    if (size > left_)
      next_block(size);
    char* to = position_;
    position_ += size;
    left_ -= size;
    size_ += size;
    return to;
  }

  /// Bytes kept since the last clear().
  [[nodiscard]] std::size_t size() const { return size_; }

  void clear() {
    size_ = 0;
    used_blocks_ = 0;
    position_ = nullptr;
    left_ = 0;
  }

private:
  struct block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  static constexpr std::size_t block_size = 32 * 1024;

  void next_block(std::size_t size) {
    if (used_blocks_ == blocks_.size())
      blocks_.emplace_back();
    block& fresh = blocks_[used_blocks_++];
    if (fresh.size < size) {
      fresh.size = size > block_size ? size : block_size;
      fresh.bytes = std::make_unique_for_overwrite<char[]>(fresh.size);
    }
    position_ = fresh.bytes.get();
    left_ = fresh.size;
  }

  std::vector<block> blocks_;
  std::size_t used_blocks_ = 0;
  char* position_ = nullptr;
  std::size_t left_ = 0;
  std::size_t size_ = 0;
};

} // namespace weir::detail
