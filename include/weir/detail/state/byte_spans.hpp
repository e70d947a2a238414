#pragma once

#include <weir/detail/pages.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

namespace weir::detail {

/// Memory for many small pieces of bytes. Sizes are rounded up to classes at most a quarter apart; pieces of
/// one class lie together in spans, and a span that is empty goes back to the system.
///
/// When sizes change, a few pieces of the old size may keep many spans. Then begin_moving() picks spans to
/// be emptied: the owner of the pieces looks at all of them, and moves those that lie there.
class byte_spans {
public:
  static constexpr std::size_t largest = 8 * 1024;

  byte_spans() { with_room_.fill(none); }
  byte_spans(const byte_spans&) = delete;
  byte_spans& operator=(const byte_spans&) = delete;

  /// Whether pieces of these sizes are of the same class.
  static bool fit_alike(std::size_t a, std::size_t b) {
    return a <= largest && b <= largest && class_of(a) == class_of(b);
  }

  /// Of at most `largest` bytes.
  char* take(std::size_t size) {
    std::size_t number = class_of(size);
    std::uint32_t at = with_room_[number];
    if (at == none) [[unlikely]]
      at = new_span(number);
    span& in = spans_[at];
    char* taken = in.begin;
    if (in.free != 0) {
      taken += in.free;
      std::memcpy(&in.free, taken, sizeof in.free);
    } else {
      taken += header_size + in.begun++ * in.size;
      memory_ += in.size;
    }
    live_ += in.size;
    if (++in.live == in.capacity)
      unlink(at);
    return taken;
  }

  /// What take() gave.
  void give_back(char* bytes) {
    std::uint32_t at = span_of(bytes);
    span& in = spans_[at];
    std::memcpy(bytes, &in.free, sizeof in.free);
    in.free = static_cast<std::uint16_t>(bytes - in.begin);
    live_ -= in.size;
    if (in.live-- == in.capacity && !in.leaves)
      link(at);
    if (in.live == 0 && (in.leaves || in.begun * std::size_t{in.size} > kept_empty))
      drop(at);
  }

  /// Whether to move pieces, because too much of the memory is free between them: at least an eighth.
  bool begin_moving() {
    std::size_t free = memory_ - live_;
    if (free < free_min || free < memory_ / 8 || free < next_look_)
      return false;
    if (std::size_t emptied = pick_spans(); emptied * span_size < memory_ / 32) {
      next_look_ = free + free / 4; // it would not be worth it
      end_moving();
      return false;
    }
    next_look_ = 0;
    return moving_ = true;
  }
  [[nodiscard]] bool is_moving() const { return moving_; }
  /// Whether the piece lies in a span that is to be emptied: its bytes are to be moved to another piece.
  [[nodiscard]] bool is_leaving(const char* bytes) const { return spans_[span_of(bytes)].leaves; }
  void end_moving() {
    moving_ = false;
    for (std::uint32_t at = 0; at < spans_.size(); ++at)
      if (std::exchange(spans_[at].leaves, false) && spans_[at].live < spans_[at].capacity)
        link(at);
  }

  /// Bytes of memory taken from the system, as far as they were touched.
  [[nodiscard]] std::size_t memory() const { return memory_; }
  /// What that comes down to when pieces are moved.
  [[nodiscard]] std::size_t needed() const { return std::min(memory_, live_ + live_ / 8); }

private:
  static constexpr std::size_t span_size = 64 * 1024;
  static constexpr std::size_t header_size = 64;
  static constexpr std::size_t smallest = 16;
  static constexpr std::size_t classes = 4 * std::bit_width(largest / smallest);
  static constexpr std::size_t free_min = 4 * span_size;
  static constexpr std::size_t kept_empty = 8 * 1024; ///< bytes of an empty span that are used again
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// A number at the front of a span's memory leads to this.
  struct span {
    char* begin = nullptr;
    std::uint32_t region = 0; ///< index into regions_
    std::uint32_t size = 0;   ///< of a piece; 0: the span is not used
    std::uint16_t free = 0;   ///< where the first free piece lies, which tells the next; 0: there is none
    std::uint16_t capacity = 0;
    std::uint16_t begun = 0; ///< pieces that were taken at some time, from the front
    std::uint16_t live = 0;
    bool leaves = false;
    std::uint32_t next = none; ///< of the same class and with room
    std::uint32_t previous = none;
  };

  /// Four classes to a power of two.
  static std::size_t class_of(std::size_t size) {
    size = std::max(size, smallest) - 1;
    auto power = static_cast<std::size_t>(std::bit_width(size)) - 1; // 2^power <= size
    std::size_t quarter = (size >> (power - 2)) & 3;
    return (power - 3) * 4 + quarter;
  }
  static std::size_t size_of(std::size_t number) {
    std::size_t power = number / 4 + 3;
    return (std::size_t{1} << power) + (number % 4 + 1) * (std::size_t{1} << (power - 2));
  }

  static std::uint32_t span_of(const char* bytes) {
    auto begin = reinterpret_cast<std::uintptr_t>(bytes) & ~std::uintptr_t{span_size - 1};
    return *reinterpret_cast<const std::uint32_t*>(begin);
  }

  std::uint32_t new_span(std::size_t number) {
    if (unused_.empty())
      more_spans();
    std::uint32_t at = unused_.back();
    unused_.pop_back();
    ::new (static_cast<void*>(spans_[at].begin)) std::uint32_t{at};
    std::size_t size = size_of(number);
    spans_[at].size = static_cast<std::uint32_t>(size);
    spans_[at].capacity = static_cast<std::uint16_t>((span_size - header_size) / size);
    memory_ += header_size;
    live_ += header_size;
    link(at);
    return at;
  }

  /// Address space grows with what is in use, memory when it is touched.
  void more_spans() {
    std::size_t count = std::clamp<std::size_t>(spans_.size() / 8, 1, 64);
    auto& region = regions_.emplace_back((count + 1) * span_size, false);
    auto skipped = span_size - reinterpret_cast<std::uintptr_t>(region.data()) % span_size;
    for (std::size_t i = 0; i < count; ++i) {
      unused_.push_back(static_cast<std::uint32_t>(spans_.size()));
      spans_.push_back({.begin = region.data() + skipped + i * span_size,
                        .region = static_cast<std::uint32_t>(regions_.size() - 1)});
    }
  }

  void drop(std::uint32_t at) {
    span& of = spans_[at];
    if (!of.leaves)
      unlink(at);
    std::size_t touched = header_size + of.begun * std::size_t{of.size};
    memory_ -= touched;
    live_ -= header_size;
    char* begin = of.begin;
    auto& region = regions_[of.region];
    auto offset = static_cast<std::size_t>(begin - region.data());
    region.drop(offset, offset + span_size);
    of = {.begin = begin, .region = of.region};
    unused_.push_back(at);
  }

  [[nodiscard]] std::size_t class_of(const span& of) const { return class_of(of.size); }

  void link(std::uint32_t at) {
    std::uint32_t& first = with_room_[class_of(spans_[at])];
    spans_[at].next = first;
    spans_[at].previous = none;
    if (first != none)
      spans_[first].previous = at;
    first = at;
  }
  void unlink(std::uint32_t at) {
    span& of = spans_[at];
    if (of.previous != none)
      spans_[of.previous].next = of.next;
    else
      with_room_[class_of(of)] = of.next;
    if (of.next != none)
      spans_[of.next].previous = of.previous;
  }

  /// Picks of each class the emptiest spans whose pieces find room in the others; returns how many.
  std::size_t pick_spans() {
    constexpr std::size_t levels = 16; // of how full they are
    struct level {
      std::size_t live = 0, free = 0; // pieces
    };
    std::vector<std::array<level, levels + 1>> all(classes);
    auto level_of = [](const span& of) { return of.live * levels / of.capacity; };
    for (const span& each : spans_)
      if (each.size != 0) {
        level& in = all[class_of(each)][level_of(each)];
        in.live += each.live;
        in.free += each.capacity - each.live;
      }
    struct choice {
      std::size_t below = 0; ///< levels that leave as a whole; of that one some spans do
      std::size_t moved = 0, room = 0;
      bool add(const level& one) {
        if (moved + one.live + one.free > room)
          return false;
        moved += one.live;
        room -= one.free;
        return true;
      }
    };
    std::array<choice, classes> choices;
    for (std::size_t number = 0; number < classes; ++number) {
      choice& of = choices[number];
      for (const level& each : all[number])
        of.room += each.free;
      while (of.below < levels && of.add(all[number][of.below]))
        ++of.below;
    }
    std::size_t count = 0;
    for (std::uint32_t at = 0; at < spans_.size(); ++at) {
      span& each = spans_[at];
      if (each.size == 0 || each.live == each.capacity)
        continue;
      choice& of = choices[class_of(each)];
      std::size_t level = level_of(each);
      if (level > of.below ||
          (level == of.below && !of.add({each.live, std::size_t{each.capacity} - each.live})))
        continue;
      unlink(at);
      each.leaves = true;
      ++count;
    }
    return count;
  }

  std::vector<page_array<char>> regions_;
  std::vector<span> spans_;
  std::vector<std::uint32_t> unused_;
  std::array<std::uint32_t, classes> with_room_;
  std::size_t memory_ = 0;
  std::size_t live_ = 0; ///< of it, headers and pieces in use
  std::size_t next_look_ = 0;
  bool moving_ = false;
};

} // namespace weir::detail
