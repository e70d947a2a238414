#pragma once

#include "leveldb_fixture.hpp"
#include "memory_store.hpp"
#include "stored_states.hpp"

#include <weir/detail/hash.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace windows_test {

inline constexpr std::uint32_t key_groups = 16;

/// Where operators keep their state.
struct backend {
  enum class kind {
    hashmap,
    ordered, ///< bounded memory in front of a sorted map in memory
    leveldb,
  };
  kind what = kind::hashmap;
  std::uint64_t budget = UINT64_MAX; ///< bytes of each subtask
  bool restores_changes = false;     ///< from the full snapshot and the changes behind it, one by one

  /// Mostly not LevelDB, which takes a while to begin. Budgets are so small that state does not fit, or just.
  static backend any(std::mt19937_64& random) {
    backend made;
    made.restores_changes = random() % 2 == 0;
    std::uint64_t choice = random() % 16;
    if (choice < 4)
      return made;
    made.what = choice == 4 ? kind::leveldb : kind::ordered;
    made.budget = (1'000 + random() % 1'000) << random() % 7;
    return made;
  }
};

/// The states of one subtask.
class subtask_states final : public operator_states {
public:
  subtask_states(std::uint32_t subtask, std::uint32_t parallelism, backend where, const stored_states* from)
      : where_{where}, from_{from} {
    while (subtask_of(first_, key_groups, parallelism) != subtask)
      ++first_;
    last_ = first_;
    while (last_ + 1 < key_groups && subtask_of(last_ + 1, key_groups, parallelism) == subtask)
      ++last_;
  }

  [[nodiscard]] std::uint32_t first_key_group() const override { return first_; }
  [[nodiscard]] std::uint32_t last_key_group() const override { return last_; }
  [[nodiscard]] std::uint32_t max_parallelism() const override { return key_groups; }
  void add(keyed_state& state) override {
    keyed.push_back(&state);
    if (!from_ || !from_->keyed.contains(state.type().name))
      return;
    auto blocks = from_->restored(state.type().name, first_, last_, where_.restores_changes);
    std::uint64_t entries = 0;
    for (const state_block& each : blocks)
      entries += each.entries;
    state.expect(entries);
    for (const state_block& each : blocks)
      if (std::string fault = state.load(each); !fault.empty())
        throw std::logic_error{fault};
  }
  cold_store* cold(const state_type&) override {
    if (where_.what == backend::kind::hashmap)
      return nullptr;
    if (where_.what == backend::kind::ordered)
      return stores.emplace_back(std::make_unique<memory_store>()).get();
    if (!database_) {
      static weir::testing::leveldb_fixture leveldb;
      database_.emplace(leveldb.create());
    }
    auto number = static_cast<std::uint16_t>(stores.size());
    return stores.emplace_back(database_->store(number)).get();
  }
  [[nodiscard]] std::uint64_t memory_budget() const override { return where_.budget; }
  std::vector<std::string> add_elements(const state_type& state, void* of,
                                        collect_elements collect) override {
    collectors.push_back({state.name, of, collect});
    return from_ && from_->elements.contains(state.name) ? from_->elements.at(state.name)
                                                         : std::vector<std::string>{};
  }

  struct collector {
    std::string name;
    void* of;
    collect_elements collect;
  };
  std::vector<keyed_state*> keyed;
  std::vector<collector> collectors;
  std::vector<std::unique_ptr<cold_store>> stores;

private:
  backend where_;
  const stored_states* from_;
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
  std::optional<weir::leveldb_database> database_;
};

} // namespace windows_test
