#pragma once

#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>
#include <weir/detail/windows/cold_pane_key.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::detail {

/// Changes of a cold store's panes, in any order. Of those of one key the last counts.
class cold_batch {
public:
  static constexpr std::size_t size_wanted = 1024;

  /// Puts an entry, of the parts of its key or of a key as the store has it.
  template <class Key, class Value>
  void put(std::uint32_t group, event_time pane, std::uint64_t hash, const Key& key, std::uint32_t layer,
           const Value& value) {
    add_value(add_key(group, pane, hash, key, layer), value);
  }
  template <class Value>
  void put(std::string_view key, const Value& value) {
    add_value(add_key(key), value);
  }

  /// Removes an entry, which need not be there.
  template <class Key>
  void remove(std::uint32_t group, event_time pane, std::uint64_t hash, const Key& key, std::uint32_t layer) {
    std::size_t begin = add_key(group, pane, hash, key, layer);
    changes_.push_back({begin, bytes_.size(), 0, false});
  }
  void remove(std::string_view key) {
    std::size_t begin = add_key(key);
    changes_.push_back({begin, bytes_.size(), 0, false});
  }

  [[nodiscard]] std::size_t size() const { return changes_.size(); }

  /// Writes what was collected, and is empty then.
  void write(cold_store& to) {
    if (changes_.empty())
      return;
    std::ranges::stable_sort(changes_, {}, [this](const change& of) { return key_of(of); });
    sorted_.clear();
    for (const change& each : changes_) {
      if (!sorted_.empty() && sorted_.back().key == key_of(each))
        sorted_.pop_back();
      std::optional<std::string_view> value;
      if (each.there)
        value.emplace(bytes_.data() + each.key_end, each.value_size);
      sorted_.push_back({key_of(each), value});
    }
    to.write(sorted_);
    changes_.clear();
    bytes_.clear();
  }

private:
  struct change {
    std::size_t begin;
    std::size_t key_end; ///< the value comes behind it
    std::size_t value_size;
    bool there; ///< else it is to be removed
  };

  template <class Key>
  std::size_t add_key(std::uint32_t group, event_time pane, std::uint64_t hash, const Key& key,
                      std::uint32_t layer) {
    std::size_t begin = bytes_.size();
    append_ordered(bytes_, static_cast<std::uint16_t>(group));
    append_ordered(bytes_, pane);
    append_ordered(bytes_, cold_pane_key::place_of(hash));
    append_ordered(bytes_, key);
    append_ordered(bytes_, layer);
    return begin;
  }
  std::size_t add_key(std::string_view key) {
    bytes_.insert(bytes_.end(), key.begin(), key.end());
    return bytes_.size() - key.size();
  }

  template <class Value>
  void add_value(std::size_t begin, const Value& value) {
    std::size_t key_end = bytes_.size();
    bytes_.resize(key_end + encoded_bound(value));
    auto size =
        static_cast<std::size_t>(write_value(bytes_.data() + key_end, value) - bytes_.data()) - key_end;
    bytes_.resize(key_end + size);
    changes_.push_back({begin, key_end, size, true});
  }

  [[nodiscard]] std::string_view key_of(const change& of) const {
    return {bytes_.data() + of.begin, of.key_end - of.begin};
  }

  std::vector<char> bytes_;
  std::vector<change> changes_;
  std::vector<cold_store::change> sorted_; ///< kept for its memory
};

} // namespace weir::detail
