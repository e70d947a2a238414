#pragma once

#include <weir/detail/state.hpp>
#include <weir/detail/state/open_blocks.hpp>
#include <weir/detail/state_value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// What changed between two cuts and is not in the table any more: keys that were removed, and entries that
/// went to the cold store.
class change_log {
public:
  void remove(std::uint32_t key_group, std::string_view key) { append(key_group, key, std::nullopt); }
  void put(std::uint32_t key_group, std::string_view key, std::string_view value) {
    append(key_group, key, value);
  }

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t memory() const { return items_.capacity() * sizeof(item) + bytes_.capacity(); }

  /// From now on only removals are kept: the next cut of changes has all entries.
  void drop_entries() {
    complete_ = false;
    std::erase_if(items_, [](const item& each) { return each.value_size != removed; });
  }
  /// Every entry that went to the cold store is here.
  [[nodiscard]] bool complete() const { return complete_; }

  /// Writes what became of each key at last, removed keys first.
  static void write(const std::vector<std::shared_ptr<const change_log>>& logs, bool with_entries,
                    open_blocks& to) {
    std::vector<std::pair<const change_log*, const item*>> all;
    for (const auto& log : logs)
      for (const item& each : log->items_)
        all.emplace_back(log.get(), &each);
    auto key = [](const auto& of) { return of.first->key(*of.second); };
    std::ranges::stable_sort(all, [&](const auto& a, const auto& b) { return key(a) < key(b); });
    for (bool removals : {true, false}) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (i + 1 < all.size() && key(all[i]) == key(all[i + 1]))
          continue;
        const item& last = *all[i].second;
        if ((last.value_size == removed) != removals || (!removals && !with_entries))
          continue;
        state_block& block = to.of(last.key_group);
        std::size_t before = block.size();
        append_to_column(block.keys, key(all[i]));
        if (removals) {
          ++block.removed;
        } else {
          append_to_column(block.values, all[i].first->value(last));
          ++block.entries;
        }
        to.added(block.size() - before);
      }
      to.close_all(); // removals and entries are in blocks of their own
    }
  }

private:
  static constexpr std::uint32_t removed = ~std::uint32_t{0};

  struct item {
    std::size_t at;
    std::uint32_t key_group;
    std::uint32_t key_size;
    std::uint32_t value_size;
  };

  void append(std::uint32_t key_group, std::string_view key, std::optional<std::string_view> value) {
    if (value && !complete_)
      return;
    items_.push_back({bytes_.size(), key_group, static_cast<std::uint32_t>(key.size()),
                      value ? static_cast<std::uint32_t>(value->size()) : removed});
    bytes_.insert(bytes_.end(), key.begin(), key.end());
    if (value)
      bytes_.insert(bytes_.end(), value->begin(), value->end());
  }

  [[nodiscard]] std::string_view key(const item& of) const { return {bytes_.data() + of.at, of.key_size}; }
  [[nodiscard]] std::string_view value(const item& of) const {
    return {bytes_.data() + of.at + of.key_size, of.value_size};
  }

  std::vector<item> items_;
  std::vector<char> bytes_;
  bool complete_ = true;
};

} // namespace weir::detail
