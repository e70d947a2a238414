#pragma once

#include "task/local_station.hpp"
#include "task/subtask.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace weir {

/// All subtasks of a job in one process, connected without actors: for tests and benchmarks of the data
/// plane.
///
/// Messages between two subtasks keep their order; between different pairs any order is possible, and a seed
/// chooses one.
class local_pipeline {
public:
  struct options {
    subtask_options task;
    std::uint32_t batches_per_run = 16;
    /// Not 0: chooses which subtask is opened, runs or gets a message next. 0: all in turn.
    std::uint64_t seed = 0;
    /// Whether a channel carries items or encoded frames; items where it is empty.
    std::function<bool(const channel_id&)> is_local;
    /// Called when nothing can happen before a time; where it is empty, the pipeline asks the clock again and
    /// again.
    std::function<void(time_point)> sleep_until;
  };

  /// The platform outlives the pipeline.
  local_pipeline(const std::shared_ptr<const job_graph>& graph,
                 const std::shared_ptr<const detail::stream_graph>& code, weir::platform& platform,
                 options options);
  ~local_pipeline();

  /// Runs to the end in this thread. Returns the results of all subtasks in order, or the first failure.
  result<std::vector<task_result>> run();

  /// The same with a thread for each subtask.
  result<std::vector<task_result>> run_threads();

  /// Makes every subtask stop. From any thread.
  void cancel();

  [[nodiscard]] subtask& at(std::uint32_t vertex, std::uint32_t number);

  /// The most items or frames that were under way on one channel: sent, and not yet known to be read.
  [[nodiscard]] std::uint64_t peak_in_flight() const;

private:
  result<void> run_in_turn();
  result<void> run_by_seed();
  result<void> settle_until_next_time();
  [[nodiscard]] bool any_live() const;
  result<std::vector<task_result>> finish();

  options options_;
  local_station::directory stations_;
};

} // namespace weir
