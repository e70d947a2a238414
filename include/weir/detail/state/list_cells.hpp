#pragma once

#include <weir/detail/state/list_elements.hpp>
#include <weir/detail/state/value_cells.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir::detail {

/// A part of a list. An appended element is a change of one part, however long the list.
template <class V>
struct list_part {
  std::uint32_t parts;   ///< of the whole list; only in the first
  std::uint32_t skipped; ///< parts behind the first that have expired; only in the first
  list_elements<V> elements;
  std::vector<std::int64_t> times; ///< when each expires; empty where they do not
};

/// A list per key: entries whose user key is the number of the part.
///
/// A part expires when its last element has; the first, which knows of the others, with the whole list. So
/// elements that have expired take memory only in the first part until the next is appended, and beside ones
/// of the same part that have not.
template <class K, class V>
class table_list final : public list_cell<V> {
public:
  using entry = map_entry<K, std::uint32_t, list_part<V>, false>;
  using state = table_state<entry>;

  table_list(state_type type, state_place place, const current_key<K>& current)
      : state_{std::move(type), {}, std::move(place)}, current_{current} {}

  void append(V&& element) override {
    select();
    auto& first = make(0);
    if (expires())
      drop_expired(first);
    std::uint32_t last = std::max(first.parts, 1u) - 1;
    std::uint32_t parts = last + 1;
    auto* part = last == 0 ? &first : &make(last);
    if (part->elements.all.size() >= elements_max) {
      if (expires())
        skip_expired(parts);
      part = &make(++last);
      ++parts;
      // What a list had there that was longer and expired when clocks went otherwise.
      part->elements.all.clear();
      part->times.clear();
    }
    part->elements.all.push_back(std::move(element));
    if (expires())
      part->times.push_back(state_.place().wall_ms() + state_.type().expires.after_ms);
    if (parts != 1)
      make(0).parts = parts;
    else
      part->parts = 1;
  }

  void visit(function_ref<bool(const V&)> f) override {
    select();
    std::int64_t now = expires() ? state_.place().wall_ms() : 0;
    bool renew = state_.type().expires.when == expiry::refresh::on_read_and_write;
    const auto* first = read(0);
    std::uint32_t parts = first ? first->parts : 0, skipped = first ? first->skipped : 0;
    for (std::uint32_t number = 0; number < parts; number = next(number, skipped)) {
      const auto* part = read(number);
      if (!part)
        continue; // all of it has expired
      for (std::size_t i = 0; i < part->elements.all.size(); ++i) {
        if (i < part->times.size()) {
          if (part->times[i] <= now)
            continue;
          if (renew) {
            auto& changed = make(number);
            changed.times[i] = now + state_.type().expires.after_ms;
            part = &changed;
          }
        }
        if (!f(part->elements.all[i]))
          return;
      }
    }
  }

  std::uint64_t size() override {
    std::uint64_t count = 0;
    visit([&count](const V&) { return ++count, true; });
    return count;
  }

  void erase() override {
    select();
    const auto* first = read(0);
    std::uint32_t parts = first ? first->parts : 0, skipped = first ? first->skipped : 0;
    for (std::uint32_t number = parts; number-- > skipped + 1;)
      erase(number);
    if (first)
      erase(0);
  }

  state& keyed() { return state_; }

private:
  static constexpr std::size_t elements_max = std::clamp<std::size_t>(4096 / sizeof(V), 8, 128);

  [[nodiscard]] bool expires() const { return state_.type().expires.after_ms != 0; }

  void select() { key_ = &current_.get(state_.type().name); }
  key_pair<K, std::uint32_t> lookup(const std::uint32_t& number) const { return {*key_, number}; }
  [[nodiscard]] std::uint64_t hash_of(std::uint32_t number) const {
    return entry::hash(current_.hash(), number);
  }
  static std::uint32_t next(std::uint32_t number, std::uint32_t skipped) {
    return number == 0 ? skipped + 1 : number + 1;
  }

  const list_part<V>* read(std::uint32_t number) {
    auto* found = state_.read(lookup(number), hash_of(number), current_.hash());
    return found ? &found->value : nullptr;
  }
  list_part<V>& make(std::uint32_t number) {
    return state_
        .find_or_make(lookup(number), hash_of(number), current_.hash(),
                      [&] { return entry::make(lookup(number)); })
        .first->value;
  }
  void erase(std::uint32_t number) { state_.erase(lookup(number), hash_of(number), current_.hash()); }

  /// From the first part, which lives as long as the list.
  void drop_expired(list_part<V>& first) {
    if (first.times.empty() || first.times.front() > state_.place().wall_ms())
      return;
    std::int64_t now = state_.place().wall_ms();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < first.times.size(); ++i) {
      if (first.times[i] <= now)
        continue;
      first.times[kept] = first.times[i];
      if (kept != i)
        first.elements.all[kept] = std::move(first.elements.all[i]);
      ++kept;
    }
    first.times.resize(kept);
    first.elements.all.resize(kept);
  }

  /// Passes over parts that are gone, more of them than come.
  void skip_expired(std::uint32_t parts) {
    constexpr int looks = 4;
    std::uint32_t skipped = make(0).skipped;
    for (int i = 0; i < looks && skipped + 1 < parts && !has(skipped + 1); ++i)
      ++skipped;
    make(0).skipped = skipped;
  }
  bool has(std::uint32_t number) { return state_.has(lookup(number), hash_of(number), current_.hash()); }

  state state_;
  const current_key<K>& current_;
  const K* key_ = nullptr;
};

} // namespace weir::detail
