#pragma once

#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// Puts the key group in front of a key, as a cold store has it.
inline void write_group(std::vector<char>& to, std::uint32_t key_group) {
  to.clear();
  to.push_back(static_cast<char>(key_group >> 8));
  to.push_back(static_cast<char>(key_group));
}

/// The cold store of a table and the removals that are still to be written to it: one by one they would cost
/// as much as a thousand.
class cold_side {
public:
  explicit cold_side(cold_store& store) : store_{store} {}

  bool get(std::string_view key, std::string& value) {
    return !removed_.contains(key) && store_.get(key, value);
  }

  void remove(std::string_view key) {
    removed_.emplace(key);
    if (removed_.size() >= batch_size)
      write({});
  }

  /// Writes entries in any order, and the removals that are older. Keys are there once.
  void write(std::vector<std::pair<std::string, std::string>> entries) {
    std::sort(entries.begin(), entries.end());
    std::vector<cold_store::change> changes;
    changes.reserve(entries.size() + removed_.size());
    auto gone = removed_.begin();
    auto remove_up_to = [&](const std::string* key) {
      for (; gone != removed_.end() && (!key || *gone <= *key); ++gone)
        if (!key || *gone != *key)
          changes.push_back({*gone, std::nullopt});
    };
    for (const auto& [key, value] : entries) {
      remove_up_to(&key);
      changes.push_back({key, value});
    }
    remove_up_to(nullptr);
    if (!changes.empty())
      store_.write(changes);
    removed_.clear();
  }

  /// Puts the entries of a snapshot into the store as they are: keys and values are looked at when they are
  /// used. Returns what is wrong with the block; nullptr: nothing.
  const char* load(const state_block& from) {
    column_reader keys{from.keys}, values{from.values};
    std::vector<std::pair<std::string, std::string>> entries;
    std::vector<char> group;
    write_group(group, from.key_group);
    std::string_view key, value;
    auto whole = [&] { return std::string{group.data(), group.size()}.append(key); };
    for (std::uint32_t i = 0; i < from.entries; ++i) {
      if (!keys.next(key) || !values.next(value))
        return "there are fewer keys or values than entries";
      entries.emplace_back(whole(), value);
    }
    for (std::uint32_t i = 0; i < from.removed; ++i) {
      if (!keys.next(key))
        return "there are fewer keys than removed entries";
      remove(whole());
    }
    write(std::move(entries));
    return nullptr;
  }

  [[nodiscard]] const std::set<std::string, std::less<>>& removed() const { return removed_; }
  [[nodiscard]] cold_store& store() const { return store_; }

private:
  static constexpr std::size_t batch_size = 1024;

  cold_store& store_;
  std::set<std::string, std::less<>> removed_;
};

} // namespace weir::detail
