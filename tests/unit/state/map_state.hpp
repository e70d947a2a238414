#pragma once

#include <weir/detail/hash.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

using detail::state_block;
using detail::state_type;

/// A keyed state of bytes in the plainest form there is: what it holds can be compared as a whole.
class map_state final : public detail::keyed_state {
public:
  using entry_map = std::map<std::string, std::string>;

  map_state(state_type type, std::uint32_t max_parallelism)
      : type_{std::move(type)}, max_parallelism_{max_parallelism} {}

  void put(const std::string& key, std::string value) {
    held[key] = std::move(value);
    touched_.insert(key);
  }
  void remove(std::string key) {
    held.erase(key);
    touched_.insert(std::move(key));
  }
  [[nodiscard]] static std::uint32_t group_of(const std::string& key, std::uint32_t max_parallelism) {
    return detail::key_group(detail::hash_key(key), max_parallelism);
  }

  const state_type& type() const override { return type_; }

  std::unique_ptr<detail::state_cut> freeze(std::uint64_t number, detail::cut_kind what) override {
    frozen_numbers.push_back(number);
    std::map<std::string, std::optional<std::string>> changes;
    if (what == detail::cut_kind::full)
      changes.insert(held.begin(), held.end());
    else
      for (const std::string& key : touched_)
        changes.emplace(key, held.contains(key) ? std::optional{held[key]} : std::nullopt);
    touched_.clear();
    return std::make_unique<cut>(*this, what, std::move(changes));
  }
  void confirm(std::uint64_t number) override { confirmed_numbers.push_back(number); }
  void abandon(std::uint64_t number) override { abandoned_numbers.push_back(number); }

  void expect(std::uint64_t entries) override { expected += entries; }
  std::string load(const state_block& from) override {
    ++blocks_loaded;
    detail::column_reader keys{from.keys}, values{from.values};
    std::string_view key, value;
    for (std::uint32_t i = 0; i < from.entries; ++i) {
      if (!keys.next(key) || !values.next(value))
        return "an entry is missing";
      if (group_of(std::string{key}, max_parallelism_) != from.key_group)
        return "a key is in a wrong group";
      held[std::string{key}] = value;
    }
    for (std::uint32_t i = 0; i < from.removed; ++i) {
      if (!keys.next(key))
        return "a removed key is missing";
      held.erase(std::string{key});
    }
    return keys.at_end() && values.at_end() ? "" : "there is more than entries";
  }

  std::uint64_t memory() const override { return held.size() * 100; }
  std::uint64_t entries() const override { return held.size(); }

  entry_map held;
  std::uint64_t expected = 0;
  std::uint64_t blocks_loaded = 0;
  std::vector<std::uint64_t> frozen_numbers, confirmed_numbers, abandoned_numbers;
  std::size_t block_size = 2000;
  int cuts = 0; ///< that have not ended

private:
  /// Blocks group by group, from the last group to the first.
  class cut final : public detail::state_cut {
  public:
    cut(map_state& of, detail::cut_kind what, std::map<std::string, std::optional<std::string>> changes)
        : of_{of} {
      for (auto& change : changes)
        by_group_[group_of(change.first, of.max_parallelism_)].push_back(change);
      // As tables do: what became of a key in between, too. The last change of a group is taken first.
      if (what == detail::cut_kind::changes)
        for (auto& [group, of_group] : by_group_)
          for (std::size_t i = 0, count = of_group.size(); i < count; i += 3) {
            of_group.emplace_back(of_group[i].first, std::nullopt);
            if (i % 2 == 0)
              of_group.emplace_back(of_group[i].first, "an older value");
          }
      ++of.cuts;
    }
    ~cut() override { --of_.cuts; }

    bool next(state_block& to) override {
      if (by_group_.empty())
        return false;
      auto last = std::prev(by_group_.end());
      to.key_group = last->first;
      auto& changes = last->second;
      std::vector<std::string> removed;
      std::set<std::string> in_block;
      while (!changes.empty() && to.size() < of_.block_size && in_block.insert(changes.back().first).second) {
        auto& [key, value] = changes.back();
        if (value) {
          detail::append_to_column(to.keys, key);
          detail::append_to_column(to.values, *value);
          ++to.entries;
        } else {
          removed.push_back(key);
        }
        changes.pop_back();
      }
      for (const std::string& key : removed) {
        detail::append_to_column(to.keys, key);
        ++to.removed;
      }
      if (changes.empty())
        by_group_.erase(last);
      return true;
    }

  private:
    map_state& of_;
    std::map<std::uint32_t, std::vector<std::pair<std::string, std::optional<std::string>>>> by_group_;
  };

  state_type type_;
  std::uint32_t max_parallelism_;
  std::set<std::string> touched_;
};

} // namespace weir::testing
