#pragma once

#include "scheduler/job_state_machine.hpp"
#include "scheduler/job_status.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir {

/// How a job as a whole has fared: its state, when it came into each, and what failed.
class job_life {
public:
  job_life(const job_id& id, std::string name, std::uint32_t failures_max, std::int64_t wall_ms);

  [[nodiscard]] job_state state() const { return summary_.state; }
  [[nodiscard]] bool is(job_state state) const { return summary_.state == state; }

  /// Takes the transition, if there is one.
  bool enter(job_event event, std::int64_t wall_ms);

  void note_failure(failure_record failure);
  /// More is known of the last failure.
  void add_to_failure(const std::string& text) { failures_.front().cause += text; }

  void note_restart() { ++summary_.restarts; }
  void note_tasks(const std::map<task_state, std::uint32_t>& counts, std::int64_t wall_ms);

  /// The end that was stored.
  void end_as(const job_details& end);

  [[nodiscard]] const job_summary& summary() const { return summary_; }
  [[nodiscard]] const std::map<job_state, std::int64_t>& entered_wall_ms() const { return entered_wall_ms_; }
  [[nodiscard]] const std::vector<failure_record>& failures() const { return failures_; }

private:
  job_summary summary_;
  std::map<job_state, std::int64_t> entered_wall_ms_;
  std::vector<failure_record> failures_; ///< newest first
  std::uint32_t failures_max_;
};

} // namespace weir
