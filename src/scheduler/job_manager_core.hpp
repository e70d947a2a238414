#pragma once

#include "scheduler/execution_graph.hpp"
#include "scheduler/job_slots.hpp"
#include "scheduler/job_state_machine.hpp"
#include "scheduler/resource_manager_core.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace weir {

struct job_settings {
  leader_epoch epoch;
  std::uint64_t collect_max_size = 16 << 20; ///< collect.max-size
  std::uint32_t failure_history_size = 16;   ///< web.exception-history-size
};

/// The job wants `count` slots in all. `handled`: a lost session that it has dealt with.
struct slots_needed {
  job_id job;
  std::uint32_t count = 0;
  std::optional<session_id> handled;
};

/// The job's end is to be stored; on_stored when that has happened. Nobody may see the end before.
struct store_end {
  job_details details;
};

/// The job has stored its end and returned its slots.
struct job_done {};

using job_action = std::variant<send_to_worker, slots_needed, store_end, job_done>;

/// Leads one job from its slots to its end (protocol-control, J1 to J8).
///
///     start ─▶ collect slots ─▶ all held: deploy every subtask ─▶ all finished ─────────────╮
///                   │                       │                                               ▼
///                   ╰─ failure or cancel ───┴─▶ cancel the rest ─▶ each ended or lost ─▶ store the end ─▶
///                   free
///
/// The first failure is the job's cause. Slots are returned only after the end is stored, and the need is
/// lowered before the first offer is rejected: else slot after slot would be allocated and rejected for ever.
///
/// Not thread-safe. `wall_ms` is for people: no decision rests on it.
class job_manager_core {
public:
  using actions = std::vector<job_action>;

  /// Requires a graph as compile() makes it and the graph codec lets it in: with vertices, every index in
  /// range.
  job_manager_core(const job_id& id, job_spec spec, std::shared_ptr<const job_graph> graph,
                   const job_settings& settings, std::int64_t wall_ms);

  actions start(std::int64_t wall_ms);

  // From the resource manager.
  void on_introduced(const worker_introduced& message);
  actions on_lost(const session_lost& message, std::int64_t wall_ms);
  void on_missing(const slots_missing& message);
  actions on_request_failed(const slot_request_failed& message, std::int64_t wall_ms);
  void on_reported(const tasks_reported& message);

  // From workers.
  actions on_offer(const offer& message, std::int64_t wall_ms);
  actions on_update(const update& message, std::int64_t wall_ms);
  actions on_allocation_gone(const allocation_gone& message, std::int64_t wall_ms);

  /// The user wants the job to end. Does nothing when it is about to end anyhow.
  actions on_cancel(std::int64_t wall_ms);

  /// The end of store_end is stored.
  actions on_stored();

  [[nodiscard]] const job_summary& summary() const { return summary_; }
  [[nodiscard]] job_details details() const;

private:
  [[nodiscard]] execution_attempt* present(const attempt_id& id, const session_id& session);
  bool advance(execution_attempt& attempt, task_state to, std::int64_t wall_ms);
  bool enter(job_event event, std::int64_t wall_ms);
  void tell_need(const std::optional<session_id>& handled, actions& out);
  void deploy_all(std::int64_t wall_ms, actions& out);
  template <class Gone>
  bool fail_attempts_in(Gone gone, const std::string& cause, std::int64_t wall_ms);
  void note_failure(failure_record cause, std::int64_t wall_ms);
  void settle(std::int64_t wall_ms, actions& out);
  void cancel_rest(std::int64_t wall_ms, actions& out);
  [[nodiscard]] std::uint32_t wanted() const;

  job_spec spec_;
  job_settings settings_;
  execution_graph execution_;
  std::shared_ptr<const job_graph> graph_;
  job_slots slots_;
  job_summary summary_;
  std::map<job_state, std::int64_t> entered_wall_ms_;
  std::vector<failure_record> failures_;
  std::uint32_t needed_ = 0; ///< as last told
  std::uint32_t missing_ = 0;
  std::uint64_t results_size_ = 0;
  std::optional<job_details> end_; ///< set while it is being stored and after
};

} // namespace weir
