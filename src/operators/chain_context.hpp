#pragma once

#include "operators/chain_setup.hpp"
#include "operators/operator_metrics_store.hpp"
#include "state/operator_state_registry.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// What the operators of one chain give to the job by name.
class collected_results {
public:
  explicit collected_results(std::size_t max_size) : max_size_{max_size} {}

  void add(std::string_view name, std::string_view value) {
    if (name.size() + value.size() > max_size_ - size_)
      throw std::length_error{"its results exceed collect.max-size (" + std::to_string(max_size_) +
                              " bytes): write large results with a sink"};
    size_ += name.size() + value.size();
    for (auto& result : results_)
      if (result.name == name) {
        result.value += value;
        return;
      }
    results_.push_back({std::string{name}, std::string{value}});
  }

  std::vector<task_result> take() { return std::exchange(results_, {}); }

private:
  std::size_t max_size_;
  std::size_t size_ = 0;
  std::vector<task_result> results_;
};

struct chain_step;

/// Takes what an operator says of time.
class step_time {
public:
  virtual ~step_time() = default;
  virtual void emit_watermark(chain_step& from, detail::event_time time) = 0;
  virtual void set_idle(chain_step& from) = 0;
  virtual void wake_at(chain_step& step, std::int64_t wall_ms) = 0;
  virtual detail::event_time align(chain_step& step, std::string_view group, detail::event_time time) = 0;
  virtual void hold_input(chain_step& step, bool hold) = 0;
};

/// What one operator sees of its task.
class chain_context final : public detail::operator_context {
public:
  /// Where an operator's records go.
  struct outputs {
    detail::output* records = nullptr;
    std::vector<detail::output*> sides;
    const std::vector<detail::side_output>* side_names = nullptr;
  };

  chain_context(const chain_setup& setup, const std::string& job, const std::string& name,
                const operator_id& id, outputs to, collected_results& results, step_time& time,
                chain_step& step, std::unique_ptr<operator_state_registry> states)
      : vertex_{setup.graph.vertices[setup.attempt.vertex]},
        attempt_{setup.attempt},
        watermark_interval_ms_{setup.graph.watermark_interval_ms},
        platform_{setup.platform},
        canceled_{setup.canceled},
        checkpointed_{setup.checkpointed},
        restored_{setup.restored},
        goes_back_{setup.goes_back},
        job_{job},
        name_{name},
        id_{to_string(id)},
        to_{std::move(to)},
        results_{results},
        time_{time},
        step_{step},
        states_{std::move(states)},
        metrics_{setup.platform.clock()} {}

  [[nodiscard]] std::uint32_t subtask() const override { return attempt_.subtask; }
  [[nodiscard]] std::uint32_t parallelism() const override { return vertex_.parallelism; }
  [[nodiscard]] std::uint32_t max_parallelism() const override { return vertex_.max_parallelism; }
  // A new leader counts attempts from 0 again, but under a larger epoch.
  [[nodiscard]] std::uint64_t attempt() const override {
    constexpr int attempts_of_an_epoch = 20; // bits; an epoch is at most a wall time in milliseconds
    return (attempt_.epoch.value << attempts_of_an_epoch) + attempt_.number;
  }
  [[nodiscard]] const std::string& job() const override { return job_; }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& id() const override { return id_; }
  [[nodiscard]] bool checkpoints_enabled() const override { return checkpointed_; }
  [[nodiscard]] bool restored() const override { return restored_; }
  [[nodiscard]] bool goes_back() const override { return goes_back_; }
  [[nodiscard]] weir::platform& platform() override { return platform_; }
  [[nodiscard]] std::int64_t monotonic_ms() override {
    auto since_start = platform_.clock().now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
  }
  [[nodiscard]] std::int64_t wall_ms() override { return platform_.clock().wall_ms(); }
  void wake_at(std::int64_t wall_ms) override { time_.wake_at(step_, wall_ms); }
  [[nodiscard]] bool canceled() const override { return canceled_.load(std::memory_order_relaxed); }
  [[nodiscard]] detail::output* out() override { return to_.records; }
  [[nodiscard]] detail::output* side_out(std::uint32_t number) override { return to_.sides.at(number); }
  [[nodiscard]] const std::vector<detail::side_output>* side_outputs() const override {
    return to_.side_names;
  }
  void emit_watermark(detail::event_time time) override { time_.emit_watermark(step_, time); }
  void set_idle() override { time_.set_idle(step_); }
  [[nodiscard]] std::int64_t watermark_interval_ms() const override { return watermark_interval_ms_; }
  detail::event_time align(std::string_view group, detail::event_time time) override {
    return time_.align(step_, group, time);
  }
  void hold_input(bool hold) override { time_.hold_input(step_, hold); }
  [[nodiscard]] operator_state_registry& states() override { return *states_; }
  [[nodiscard]] operator_metrics_store& metrics() override { return metrics_; }
  void add_result(std::string_view name, std::string_view value) override { results_.add(name, value); }

private:
  const job_vertex& vertex_;
  attempt_id attempt_;
  std::int64_t watermark_interval_ms_;
  weir::platform& platform_;
  const std::atomic<bool>& canceled_;
  bool checkpointed_;
  bool restored_;
  bool goes_back_;
  const std::string& job_;
  const std::string& name_;
  std::string id_;
  outputs to_;
  collected_results& results_;
  step_time& time_;
  chain_step& step_;
  std::unique_ptr<operator_state_registry> states_;
  operator_metrics_store metrics_;
};

} // namespace weir
