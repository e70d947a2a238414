#pragma once

#include "dataflow/job_graph.hpp"
#include "scheduler/job_status.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// One try to run one subtask.
struct execution_attempt {
  attempt_id id;
  task_state state = task_state::created;
  std::map<task_state, std::int64_t> entered_wall_ms;
  std::string worker; ///< worker_name(), from its deployment on
  std::string host;
  task_metrics metrics;
  measurements_ptr measurements;
  std::vector<task_result> results; ///< once finished
};

/// The job graph unrolled to subtasks, with the present attempt of each.
///
///     CREATED ▶ SCHEDULED ▶ DEPLOYING ▶ INITIALIZING ▶ RUNNING ▶ FINISHED
///         ╰────────┴───────────┴─────────────┴────────────┴────▶ CANCELING ▶ CANCELED, or FAILED at any time
///
/// An attempt only moves forward: what arrives late or twice changes nothing.
class execution_graph {
public:
  execution_graph(const job_id& job, std::shared_ptr<const job_graph> graph, leader_epoch epoch,
                  std::int64_t wall_ms);

  [[nodiscard]] const job_graph& graph() const { return *graph_; }

  /// By vertex, then subtask.
  [[nodiscard]] std::vector<std::vector<execution_attempt>>& attempts() { return attempts_; }
  [[nodiscard]] const std::vector<std::vector<execution_attempt>>& attempts() const { return attempts_; }

  /// The attempt with this id, if it is the present one of its subtask; else nullptr.
  [[nodiscard]] execution_attempt* find(const attempt_id& id);
  [[nodiscard]] bool is_present(const attempt_id& id) const;

  /// Moves forward. Returns false and changes nothing if `to` does not lie ahead.
  bool advance(execution_attempt& attempt, task_state to, std::int64_t wall_ms);

  /// Puts a new attempt, CREATED, in the place of one that has ended.
  void begin_anew(std::uint32_t vertex, std::uint32_t subtask, std::int64_t wall_ms);

  /// How many subtasks are in each state; states without one are left out.
  [[nodiscard]] const std::map<task_state, std::uint32_t>& counts() const { return counts_; }

  /// Each runs or has finished, and not all have.
  [[nodiscard]] bool all_running() const;
  [[nodiscard]] bool all_terminal() const;
  [[nodiscard]] bool all_finished() const;

  /// "count (2/4)"
  [[nodiscard]] std::string task_name(const attempt_id& id) const;

  [[nodiscard]] std::uint32_t count(task_state state) const;

  /// All attempts for people, by vertex, then subtask.
  [[nodiscard]] std::vector<std::vector<subtask_status>> status() const;

private:
  void move(task_state from, task_state to);

  std::shared_ptr<const job_graph> graph_;
  std::vector<std::vector<execution_attempt>> attempts_;
  std::map<task_state, std::uint32_t> counts_;
  std::uint32_t total_ = 0;
};

} // namespace weir
