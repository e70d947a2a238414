#pragma once

#include "base/platform.hpp"
#include "scheduler/failover_regions.hpp"
#include "scheduler/restart_strategy.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir {

struct failover_settings {
  restart_settings restart;
  bool by_region = true; ///< jobmanager.execution.failover-strategy
};

/// What of a job is to be restarted, and when.
///
/// A failure carries no time: the strategy is asked at the tick behind it, so that one is wanted at once.
/// What fails in a region that is to be restarted anyhow is a consequence, and asks the strategy nothing.
class job_failover {
public:
  /// `seed`: of the waits.
  job_failover(const job_graph& graph, const failover_settings& settings, std::uint64_t seed);

  /// Whether there is any restart at all.
  [[nodiscard]] bool is_possible() const { return possible_; }

  /// Whether these are all to be restarted already.
  [[nodiscard]] bool covers(const std::vector<subtask_place>& failed) const;

  /// These failed; if there are none, the job as a whole.
  void on_failure(const std::vector<subtask_place>& failed);

  /// All is to be restarted, and may be at once: the strategy is not asked.
  void restart_all();

  enum class verdict : std::uint8_t {
    none,
    due,     ///< once after each failure: from now on the restart may begin
    refused, ///< the strategy bears no more
  };
  verdict on_tick(time_point now);

  /// When on_tick has something to do; time_point::min(): at once.
  [[nodiscard]] time_point wake_at() const;

  /// What is to be restarted, by vertex, then subtask.
  [[nodiscard]] const std::vector<subtask_place>& affected() const { return affected_; }
  [[nodiscard]] bool is_due() const { return due_; }

  /// The restart has begun, or is not to be any more.
  void clear();

  [[nodiscard]] std::string describe_strategy() const { return strategy_->describe(); }

private:
  failover_regions regions_;
  std::unique_ptr<restart_strategy> strategy_;
  bool possible_;
  std::set<std::uint32_t> failed_regions_;
  std::vector<subtask_place> affected_;
  bool undecided_ = false;
  std::optional<time_point> restart_at_;
  bool due_ = false;
};

} // namespace weir
