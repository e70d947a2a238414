#pragma once

#include <weir/detail/contained_text.hpp>
#include <weir/detail/pages.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::detail {

/// Byte strings that live and die one by one: the long texts of a table. Sizes are rounded up to classes at
/// most a quarter apart, so what is released is used again by strings of about that size.
class byte_store {
public:
  const char* keep(std::string_view bytes) {
    char* to = reserve(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return to;
  }

  /// What keep() gave for a string of that size.
  void release(const char* bytes, std::size_t size) {
    if (holding_)
      held_.emplace_back(bytes, size);
    else
      free(const_cast<char*>(bytes), size);
  }

  /// From now on nothing is used again, because another thread reads; until let_go().
  void hold() { holding_ = true; }
  void let_go() {
    holding_ = false;
    for (auto [bytes, size] : held_)
      free(const_cast<char*>(bytes), size);
    held_ = {};
  }

  /// Bytes of memory taken.
  [[nodiscard]] std::size_t memory() const {
    return chunk_bytes_ + large_bytes_ + held_.capacity() * sizeof(held_[0]);
  }

private:
  static constexpr std::size_t smallest = 16;
  static constexpr std::size_t largest = 8 * 1024; ///< longer ones have memory of their own
  static constexpr std::size_t first_chunk = 16 * 1024;
  static constexpr std::size_t last_chunk = 4 * 1024 * 1024;
  static constexpr std::size_t classes = 4 * std::bit_width(largest / smallest);

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

  char* reserve(std::size_t size) {
    if (size > largest) {
      auto& large = large_.emplace_back(std::make_unique_for_overwrite<char[]>(size));
      large_bytes_ += size;
      place_of_large_[large.get()] = large_.size() - 1;
      return large.get();
    }
    std::size_t number = class_of(size);
    if (free_[number])
      return reinterpret_cast<char*>(std::exchange(free_[number], free_[number]->next));
    std::size_t rounded = size_of(number);
    if (rounded > left_)
      next_chunk();
    left_ -= rounded;
    return std::exchange(position_, position_ + rounded);
  }

  void free(char* bytes, std::size_t size) {
    if (size > largest) {
      large_bytes_ -= size;
      auto at = place_of_large_.find(bytes);
      std::size_t place = at->second;
      place_of_large_.erase(at);
      if (place + 1 != large_.size()) {
        large_[place] = std::move(large_.back());
        place_of_large_[large_[place].get()] = place;
      }
      large_.pop_back();
      return;
    }
    auto* block = ::new (static_cast<void*>(bytes)) free_block;
    block->next = std::exchange(free_[class_of(size)], block);
  }

  void next_chunk() {
    std::size_t size = std::clamp(chunk_bytes_ / 2, first_chunk, last_chunk);
    chunks_.emplace_back(size);
    chunk_bytes_ += size;
    position_ = chunks_.back().data();
    left_ = size;
  }

  struct free_block {
    free_block* next;
  };

  std::vector<page_array<char>> chunks_;
  char* position_ = nullptr;
  std::size_t left_ = 0;
  std::size_t chunk_bytes_ = 0;
  std::array<free_block*, classes> free_{};
  std::vector<std::unique_ptr<char[]>> large_;
  std::unordered_map<const char*, std::size_t> place_of_large_;
  std::size_t large_bytes_ = 0;
  bool holding_ = false;
  std::vector<std::pair<const char*, std::size_t>> held_;
};

/// Calls `f` with each text inside `value`.
template <class T, class F>
void for_each_text(T& value, F&& f) {
  constexpr type_kind of = kind<T>;
  if constexpr (!contains_text<T>)
    return;
  else if constexpr (of == type_kind::text)
    f(value);
  else if constexpr (of == type_kind::tuple)
    std::apply([&](auto&... fields) { (for_each_text(fields, f), ...); }, value);
  else if constexpr (of == type_kind::aggregate)
    for_each_field(value, [&](auto& field) { for_each_text(field, f); });
  else if constexpr (of == type_kind::optional) {
    if (value)
      for_each_text(*value, f);
  } else if constexpr (of == type_kind::map) {
    for (auto& entry : value) // keys have no text: see check_record
      for_each_text(entry.second, f);
  } else {
    for (auto& element : value)
      for_each_text(element, f);
  }
}

/// Makes the long texts inside `value` point to copies in `bytes`.
template <class T>
void keep_texts(T& value, byte_store& bytes) {
  for_each_text(value, [&](weir::text& text) {
    if (!text_access::is_inline(text)) [[unlikely]]
      text_access::move_to(text, bytes.keep(text.view()));
  });
}

template <class T>
void release_texts(T& value, byte_store& bytes) {
  for_each_text(value, [&](weir::text& text) {
    if (!text_access::is_inline(text)) [[unlikely]]
      bytes.release(text.data(), text.size());
  });
}

/// Changes a value whose long texts are in `bytes`, and keeps it so.
template <class T, class Change>
void change_texts(T& value, byte_store& bytes, Change&& change) {
  std::vector<std::string_view> before;
  for_each_text(value, [&](weir::text& text) {
    if (!text_access::is_inline(text)) [[unlikely]]
      before.push_back(text.view());
  });
  change(value);
  keep_texts(value, bytes);
  for (std::string_view old : before)
    bytes.release(old.data(), old.size());
}

} // namespace weir::detail
