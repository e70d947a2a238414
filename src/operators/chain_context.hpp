#pragma once

#include "operators/chain_setup.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
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

/// What one operator sees of its task.
class chain_context final : public detail::operator_context {
public:
  chain_context(const chain_setup& setup, const std::string& job, const std::string& name,
                detail::output* out, collected_results& results)
      : vertex_{setup.graph.vertices[setup.attempt.vertex]},
        attempt_{setup.attempt},
        platform_{setup.platform},
        canceled_{setup.canceled},
        job_{job},
        name_{name},
        out_{out},
        results_{results} {}

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
  [[nodiscard]] weir::platform& platform() override { return platform_; }
  [[nodiscard]] std::int64_t monotonic_ms() override {
    auto since_start = platform_.clock().now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
  }
  [[nodiscard]] bool canceled() const override { return canceled_.load(std::memory_order_relaxed); }
  [[nodiscard]] detail::output* out() override { return out_; }
  void add_result(std::string_view name, std::string_view value) override { results_.add(name, value); }

private:
  const job_vertex& vertex_;
  attempt_id attempt_;
  weir::platform& platform_;
  const std::atomic<bool>& canceled_;
  const std::string& job_;
  const std::string& name_;
  detail::output* out_;
  collected_results& results_;
};

} // namespace weir
