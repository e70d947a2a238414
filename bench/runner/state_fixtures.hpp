#pragma once

#include "required.hpp"

#include "base/platform.hpp"
#include "state/leveldb_settings.hpp"
#include "state/snapshot_writer.hpp"
#include "task/task_states.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/state.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

inline constexpr std::size_t records_a_batch = 1024;

/// A state of one operator that has all key groups, as a task of the engine makes and uses it.
template <class Key, class Value>
class operator_state {
public:
  operator_state(weir::platform& system, weir::state_settings settings,
                 std::vector<weir::snapshot_chain> chains = {})
      : states_{system, std::move(settings)},
        registry_{required(states_.make({.name = "bench", .max_parallelism = 128}, std::move(chains)))},
        keyed_{*registry_, [] { return 0; }},
        values_{keyed_.make(weir::value<Value>("values"))} {
    (void)registry_->opened();
  }

  /// Calls `work(key, value_state)` for each of the keys, about a batch of them.
  template <class Work>
  void each(const std::vector<Key>& keys, Work&& work) {
    hashes_.clear();
    for (const Key& key : keys)
      hashes_.push_back(weir::detail::hash_key(key));
    keyed_.prefetch(hashes_.data(), static_cast<std::uint32_t>(keys.size()));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      keyed_.select(keys[i], hashes_[i]);
      work(keys[i], values_);
    }
    keyed_.deselect();
    keyed_.tend();
  }

  weir::operator_state_cut freeze() {
    return registry_->freeze(++number_, weir::detail::cut_kind::standalone);
  }
  void confirm() { registry_->confirm(number_); }

  [[nodiscard]] std::uint64_t entries() const { return registry_->entries(); }
  [[nodiscard]] std::uint64_t memory() const { return registry_->memory(); }

private:
  weir::task_states states_;
  std::unique_ptr<weir::operator_state_registry> registry_;
  weir::detail::keyed_states<Key> keyed_;
  weir::value_state<Value> values_;
  std::vector<std::uint64_t> hashes_;
  std::uint64_t number_ = 0;
};

/// Writes the cut as a task writes its snapshot. Returns its raw bytes.
inline std::uint64_t write(weir::platform& system, const std::string& path, weir::operator_state_cut cut) {
  weir::snapshot_head head;
  head.task = "bench";
  head.number = 1;
  head.max_parallelism = 128;
  head.last_key_group = 127;
  std::vector<weir::operator_state_cut> cuts;
  cuts.push_back(std::move(cut));
  return required(weir::write_snapshot(system, path, std::move(head), std::move(cuts), {})).size.raw;
}

} // namespace bench
