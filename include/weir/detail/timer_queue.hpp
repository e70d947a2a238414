#pragma once

#include <weir/detail/operator.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace weir::detail {

/// Which timers come next: a heap over the times of a set of timers that somebody else holds, who finds them
/// again by a hash. A timer that is deleted stays in the heap until it is met: at its time, or by sweep(),
/// which keeps those that are gone fewer than the others, a few at each call.
///
/// Its memory is in pieces, so that growing copies nothing.
class timer_queue {
public:
  struct entry {
    event_time time;
    std::uint64_t hash;
  };

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] const entry& top() const { return heap_.front(); }
  [[nodiscard]] std::size_t memory() const { return heap_.size() * sizeof(entry); }

  void push(entry added) {
    heap_.push_back(added);
    sift_up(heap_.size() - 1);
  }

  void pop() { remove(0); }

  /// Looks at a few entries if there are too many for `alive` timers, and removes those that
  /// `is_gone(entry)`.
  template <class IsGone>
  void sweep(std::size_t alive, IsGone&& is_gone) {
    constexpr std::size_t spare = 1024;
    constexpr int looks = 4;
    for (int i = 0; i < looks && heap_.size() > 2 * alive + spare; ++i) {
      if (hand_ >= heap_.size())
        hand_ = 0;
      if (is_gone(heap_[hand_]))
        remove(hand_);
      else
        ++hand_;
    }
  }

private:
  static constexpr std::size_t children = 4;

  void sift_up(std::size_t at) {
    entry moved = heap_[at];
    while (at != 0) {
      std::size_t parent = (at - 1) / children;
      if (heap_[parent].time <= moved.time)
        break;
      heap_[at] = heap_[parent];
      at = parent;
    }
    heap_[at] = moved;
  }

  void sift_down(std::size_t at) {
    entry moved = heap_[at];
    for (;;) {
      std::size_t first = at * children + 1;
      if (first >= heap_.size())
        break;
      std::size_t least = first;
      for (std::size_t i = first + 1; i < std::min(first + children, heap_.size()); ++i)
        if (heap_[i].time < heap_[least].time)
          least = i;
      if (heap_[least].time >= moved.time)
        break;
      heap_[at] = heap_[least];
      at = least;
    }
    heap_[at] = moved;
  }

  void remove(std::size_t at) {
    entry last = heap_.back();
    heap_.pop_back();
    if (at == heap_.size())
      return;
    bool earlier = last.time < heap_[at].time;
    heap_[at] = last;
    if (earlier)
      sift_up(at);
    else
      sift_down(at);
  }

  std::deque<entry> heap_;
  std::size_t hand_ = 0;
};

} // namespace weir::detail
