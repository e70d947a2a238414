#pragma once

#include <weir/detail/state.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace weir::detail {

/// Sorts entries into one block per key group, and gives blocks away that are large enough, or the largest
/// when there is too much in all.
class open_blocks {
public:
  static constexpr std::size_t memory_max = 16 * 1024 * 1024;

  state_block& of(std::uint32_t key_group) {
    if (!last_ || last_->key_group != key_group) [[unlikely]]
      last_ = &open(key_group);
    return *last_;
  }

  /// After something was appended to the block that of() gave last.
  void added(std::size_t bytes) {
    memory_ += bytes;
    if (last_->size() >= state_block::size_wanted)
      close(last_->key_group);
    else if (memory_ > memory_max)
      close(largest());
  }

  void close_all() {
    while (!blocks_.empty())
      close(blocks_.begin()->first);
  }

  /// The block closed first, in exchange for the memory of the one that `to` was; false when none is.
  bool take(state_block& to) {
    if (closed_.empty())
      return false;
    spare_ = std::exchange(to, std::move(closed_.front()));
    closed_.pop_front();
    return true;
  }

private:
  state_block& open(std::uint32_t key_group) {
    auto [at, is_new] = blocks_.try_emplace(key_group);
    if (is_new) {
      at->second = std::exchange(spare_, {});
      at->second.clear();
      at->second.key_group = key_group;
    }
    return at->second;
  }

  void close(std::uint32_t key_group) {
    auto at = blocks_.find(key_group);
    memory_ -= at->second.size();
    closed_.push_back(std::move(at->second));
    blocks_.erase(at);
    last_ = nullptr;
  }

  [[nodiscard]] std::uint32_t largest() const {
    auto found = blocks_.begin();
    for (auto at = found; at != blocks_.end(); ++at)
      if (at->second.size() > found->second.size())
        found = at;
    return found->first;
  }

  std::map<std::uint32_t, state_block> blocks_;
  state_block* last_ = nullptr;
  std::size_t memory_ = 0;
  std::deque<state_block> closed_;
  state_block spare_;
};

} // namespace weir::detail
