#pragma once

#include "memory_store.hpp"

#include <weir/detail/state.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/// The blocks of an operator's states, by the state's name, in the order they are to be loaded.
using manual_snapshot = std::map<std::string, std::vector<weir::detail::state_block>>;

/// The states of one operator in one subtask, without an engine.
class manual_states final : public weir::detail::operator_states {
public:
  explicit manual_states(std::uint32_t first = 0, std::uint32_t last = 127,
                         std::uint32_t max_parallelism = 128)
      : first_{first}, last_{last}, max_parallelism_{max_parallelism} {}

  /// A memory of so many bytes in front of a store; before any state is added.
  void use_stores(std::uint64_t budget) {
    budget_ = budget;
    has_stores_ = true;
  }
  /// What states are filled with.
  void begin_from(const manual_snapshot& snapshot) { from_ = &snapshot; }

  std::uint32_t first_key_group() const override { return first_; }
  std::uint32_t last_key_group() const override { return last_; }
  std::uint32_t max_parallelism() const override { return max_parallelism_; }

  void add(weir::detail::keyed_state& state) override {
    const std::string& name = state.type().name;
    if (!added.emplace(name, &state).second)
      throw std::invalid_argument{"there are two states '" + name + "'"};
    if (!from_ || !from_->contains(name))
      return;
    const auto& blocks = from_->at(name);
    std::uint64_t entries = 0;
    for (const auto& block : blocks)
      entries += block.entries;
    state.expect(entries);
    for (const auto& block : blocks)
      if (block.key_group >= first_ && block.key_group <= last_)
        if (std::string fault = state.load(block); !fault.empty())
          throw std::runtime_error{fault};
  }
  weir::detail::cold_store* cold(const weir::detail::state_type& state) override {
    return has_stores_ ? (stores[state.name] = std::make_unique<memory_store>()).get() : nullptr;
  }
  std::uint64_t memory_budget() const override { return budget_; }
  std::vector<std::string> add_elements(const weir::detail::state_type&, void*, collect_elements) override {
    return {};
  }

  std::map<std::string, weir::detail::keyed_state*> added;
  std::map<std::string, std::unique_ptr<memory_store>> stores;

private:
  std::uint32_t first_, last_, max_parallelism_;
  std::uint64_t budget_ = std::numeric_limits<std::uint64_t>::max();
  bool has_stores_ = false;
  const manual_snapshot* from_ = nullptr;
};
