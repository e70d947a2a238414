#pragma once

#include "base/platform.hpp"
#include "operators/operator_metrics_store.hpp"

#include <weir/detail/operator.hpp>
#include <weir/detail/state.hpp>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::testing {

/// The elements of all operator states, by name: what all subtasks had.
using element_snapshot = std::map<std::string, std::vector<std::string>>;

/// Operator states alone. Each subtask gets what all had, as of a union list.
class element_states final : public detail::operator_states {
public:
  explicit element_states(element_snapshot restored) : restored_{std::move(restored)} {}

  std::uint32_t first_key_group() const override { return 0; }
  std::uint32_t last_key_group() const override { return 0; }
  std::uint32_t max_parallelism() const override { return 128; }
  void add(detail::keyed_state&) override { throw std::logic_error{"there is no keyed state"}; }
  detail::cold_store* cold(const detail::state_type&) override { return nullptr; }
  std::uint64_t memory_budget() const override { return 0; }
  std::vector<std::string> add_elements(const detail::state_type& state, void* of,
                                        collect_elements collect) override {
    if (state.kind != detail::state_kind::operator_union_list)
      throw std::logic_error{"the state " + state.name + " is no union list"};
    states_.push_back({state.name, of, collect});
    return restored_[state.name];
  }

  /// Adds what this subtask has.
  void collect(element_snapshot& to) const {
    for (const auto& state : states_)
      state.collect(state.of, to[state.name]);
  }

private:
  struct known {
    std::string name;
    void* of;
    collect_elements collect;
  };
  element_snapshot restored_;
  std::vector<known> states_;
};

/// One attempt of a subtask, as an operator sees it that only has operator states and files.
class manual_context final : public detail::operator_context {
public:
  struct who {
    std::uint32_t subtask = 0;
    std::uint32_t parallelism = 1;
    std::uint64_t attempt = 1;
    std::string job = "job";
    bool checkpoints = true;
    bool goes_back = false;
  };

  manual_context(who of, weir::platform& platform, element_snapshot restored = {})
      : of_{std::move(of)}, platform_{platform}, restored_{!restored.empty()}, states_{std::move(restored)} {}

  [[nodiscard]] std::uint32_t subtask() const override { return of_.subtask; }
  [[nodiscard]] std::uint32_t parallelism() const override { return of_.parallelism; }
  [[nodiscard]] std::uint32_t max_parallelism() const override { return 128; }
  [[nodiscard]] std::uint64_t attempt() const override { return of_.attempt; }
  [[nodiscard]] const std::string& job() const override { return of_.job; }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& id() const override { return name_; }
  [[nodiscard]] bool checkpoints_enabled() const override { return of_.checkpoints; }
  [[nodiscard]] bool restored() const override { return restored_; }
  [[nodiscard]] bool goes_back() const override { return of_.goes_back; }
  [[nodiscard]] weir::platform& platform() override { return platform_; }
  [[nodiscard]] std::int64_t monotonic_ms() override { return 0; }
  [[nodiscard]] std::int64_t wall_ms() override { return 0; }
  void wake_at(std::int64_t) override {}
  [[nodiscard]] bool canceled() const override { return false; }
  [[nodiscard]] detail::output* out() override { return nullptr; }
  [[nodiscard]] detail::output* side_out(std::uint32_t) override { return nullptr; }
  void emit_watermark(detail::event_time) override {}
  void set_idle() override {}
  [[nodiscard]] element_states& states() override { return states_; }
  [[nodiscard]] element_snapshot snapshot() const {
    element_snapshot all;
    states_.collect(all);
    return all;
  }
  [[nodiscard]] operator_metrics_store& metrics() override { return metrics_; }
  void add_result(std::string_view, std::string_view) override {}

private:
  who of_;
  std::string name_ = "sink";
  weir::platform& platform_;
  bool restored_;
  element_states states_;
  operator_metrics_store metrics_{platform_.clock()};
};

} // namespace weir::testing
