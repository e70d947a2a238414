#pragma once

#include "state/operator_state_cut.hpp"
#include "state/operator_state_restore.hpp"

#include <weir/detail/state.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// Makes the cold store of one state; the leveldb backend has one.
using cold_store_factory = std::function<std::unique_ptr<detail::cold_store>(const detail::state_type&)>;

/// All states of one operator in one subtask: restored as the operator makes them known, frozen and confirmed
/// together. Must live as long as the operator; all calls are from the task's thread.
class operator_state_registry final : public detail::operator_states {
public:
  struct settings {
    operator_subtask who;
    /// Bytes for all keyed states together; the largest number when nothing bounds them.
    std::uint64_t memory_budget = std::numeric_limits<std::uint64_t>::max();
    /// Empty with the hashmap backend.
    cold_store_factory make_cold;
    /// Where the operator's state comes from: see operator_state_restore::make. None: the job begins anew.
    std::vector<snapshot_chain> chains;
  };

  static result<std::unique_ptr<operator_state_registry>> make(settings settings);

  [[nodiscard]] std::uint32_t first_key_group() const override { return restore_.groups().first; }
  [[nodiscard]] std::uint32_t last_key_group() const override { return restore_.groups().last; }
  [[nodiscard]] std::uint32_t max_parallelism() const override { return who_.max_parallelism; }
  void add(detail::keyed_state& state) override;
  detail::cold_store* cold(const detail::state_type& state) override;
  [[nodiscard]] std::uint64_t memory_budget() const override { return memory_budget_; }
  std::vector<std::string> add_elements(const detail::state_type& state, void* of,
                                        collect_elements collect) override;

  /// The operator's open() has returned: no state comes any more. Returns the names of states that the
  /// snapshot has and the operator did not ask for; what they hold is lost.
  std::vector<std::string> opened();

  /// Fixes all states as they are now. `number` grows from call to call. Throws what a state throws, and then
  /// none of them is frozen.
  operator_state_cut freeze(std::uint64_t number, detail::cut_kind what);
  /// What became of a frozen snapshot: see keyed_state.
  void confirm(std::uint64_t number);
  void abandon(std::uint64_t number);

  /// Bytes and entries of all keyed states in memory.
  [[nodiscard]] std::uint64_t memory() const;
  [[nodiscard]] std::uint64_t entries() const;

private:
  operator_state_registry(settings settings, operator_state_restore restore);
  void check_new(const detail::state_type& state) const;

  struct operator_state {
    detail::state_type type;
    void* of;
    collect_elements collect;
  };

  operator_subtask who_;
  std::uint64_t memory_budget_;
  cold_store_factory make_cold_;
  operator_state_restore restore_;
  bool opened_ = false;
  std::vector<std::unique_ptr<detail::cold_store>> cold_stores_;
  std::vector<detail::keyed_state*> keyed_states_;
  std::vector<operator_state> operator_states_;
};

} // namespace weir
