#pragma once

#include <weir/detail/contained_text.hpp>
#include <weir/detail/state/byte_spans.hpp>

#include <cstddef>
#include <cstring>
#include <deque>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::detail {

/// Byte strings that live and die one by one: the long texts of a table.
class byte_store {
public:
  const char* keep(std::string_view bytes) {
    char* to = bytes.size() <= byte_spans::largest ? spans_.take(bytes.size()) : take_large(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return to;
  }

  /// Gives other bytes to a text whose bytes, if it is long, are kept here.
  void set(weir::text& text, std::string_view bytes) {
    weir::text old = text;
    text = bytes;
    bool old_is_kept = !text_access::is_inline(old);
    if (text_access::is_inline(text)) {
      if (old_is_kept)
        release(old.data(), old.size());
    } else if (old_is_kept && !holding_ && byte_spans::fit_alike(old.size(), bytes.size())) {
      std::memcpy(const_cast<char*>(old.data()), bytes.data(), bytes.size());
      text_access::move_to(text, old.data());
    } else {
      text_access::move_to(text, keep(bytes));
      if (old_is_kept)
        release(old.data(), old.size());
    }
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
    free_ = held_.size();
  }

  /// Between two batches: frees some of what was held, and says whether texts are to be moved (byte_spans):
  /// then each long text is to be shown to move_if_leaving(), some at a time, and at last all_moved() called.
  bool tend() {
    for (std::size_t i = 0; i < freed_at_once && free_ > 0; ++i, --free_) {
      free(const_cast<char*>(held_.front().first), held_.front().second);
      held_.pop_front();
    }
    return !holding_ && (spans_.is_moving() || spans_.begin_moving());
  }
  void move_if_leaving(weir::text& long_text) {
    std::string_view bytes = long_text.view();
    if (bytes.size() > byte_spans::largest || !spans_.is_leaving(bytes.data()))
      return;
    text_access::move_to(long_text, keep(bytes));
    release(bytes.data(), bytes.size());
  }
  void all_moved() { spans_.end_moving(); }

  /// Bytes of memory taken, and what that comes down to when texts have been moved.
  [[nodiscard]] std::size_t memory() const { return spans_.memory() + beside_spans(); }
  [[nodiscard]] std::size_t needed() const { return spans_.needed() + beside_spans(); }

private:
  /// What a cut has held is much after a long one, and freeing it all at once would be a pause.
  static constexpr std::size_t freed_at_once = 8192;

  [[nodiscard]] std::size_t beside_spans() const { return large_bytes_ + held_.size() * sizeof(held_[0]); }

  char* take_large(std::size_t size) {
    auto& large = large_.emplace_back(std::make_unique_for_overwrite<char[]>(size));
    large_bytes_ += size;
    place_of_large_[large.get()] = large_.size() - 1;
    return large.get();
  }

  void free(char* bytes, std::size_t size) {
    if (size <= byte_spans::largest)
      return spans_.give_back(bytes);
    large_bytes_ -= size;
    auto at = place_of_large_.find(bytes);
    std::size_t place = at->second;
    place_of_large_.erase(at);
    if (place + 1 != large_.size()) {
      large_[place] = std::move(large_.back());
      place_of_large_[large_[place].get()] = place;
    }
    large_.pop_back();
  }

  byte_spans spans_;
  std::vector<std::unique_ptr<char[]>> large_;
  std::unordered_map<const char*, std::size_t> place_of_large_;
  std::size_t large_bytes_ = 0;
  bool holding_ = false;
  std::deque<std::pair<const char*, std::size_t>> held_;
  std::size_t free_ = 0; ///< of those that are held, the first so many are not read any more
};

/// Calls `f` with each text inside `value`.
template <class T, class F>
void for_each_text(T& value, F&& f) {
  constexpr type_kind of = kind<T>;
  if constexpr (!contains_text<T>)
    return;
  else if constexpr (of == type_kind::text)
    f(value);
  else if constexpr (of == type_kind::own)
    f(own_codec<T>::text(value));
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
