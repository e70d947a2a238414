#pragma once

#include "base/ids.hpp"
#include "dataflow/job_graph.hpp"
#include "dataflow/job_spec.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir {

struct checkpoint_overview; // scheduler/checkpoint_history.hpp

/// Flink's names; CANCELLING has two L and CANCELED one.
enum class job_state : std::uint8_t {
  initializing,
  created,
  running,
  failing,
  failed,
  cancelling,
  canceled,
  finished,
  restarting,
};

struct subtask_status {
  attempt_id attempt;
  task_state state = task_state::created;
  std::string worker; ///< worker_status::id; empty while it has no slot
  std::string host;
  std::map<task_state, std::int64_t> entered_wall_ms; ///< when it entered each state of this attempt
  task_metrics metrics;
  measurements_ptr measurements; ///< empty before the first report
};

struct failure_record {
  std::string cause; ///< the whole chain
  std::string task;  ///< "name (2/4)"; empty for the job itself
  std::string worker;
  std::int64_t wall_ms = 0;
};

/// One line in a list of jobs.
struct job_summary {
  job_id id;
  std::string name;
  job_state state = job_state::initializing;
  std::int64_t start_wall_ms = 0;
  std::int64_t end_wall_ms = -1;
  std::int64_t last_modified_wall_ms = 0;
  std::map<task_state, std::uint32_t> tasks; ///< subtasks in each state
  std::uint64_t restarts = 0;                ///< of all or some of its tasks, under this master
};

/// All that is known of a job.
struct job_details {
  job_summary summary;
  job_spec spec; ///< as submitted
  std::shared_ptr<const job_graph> graph;
  std::map<job_state, std::int64_t> entered_wall_ms;
  std::vector<std::vector<subtask_status>> vertices; ///< by vertex, then subtask
  std::vector<failure_record> failures;              ///< newest first, at most `web.exception-history-size`
  /// What keeps it from going on, as a sentence: "2 of 4 slots are missing"; else empty.
  std::string waiting_for;
  std::string restart_strategy; ///< as a phrase; empty for an ended job of an earlier master
  std::shared_ptr<const checkpoint_overview>
      checkpoints;                  ///< of a job that takes some, while its master lives
  std::vector<task_result> results; ///< of a finished job, all subtasks put together
  bool results_dropped = false; ///< `jobstore.cache-size` had no room for results and measurements any more
};

} // namespace weir
