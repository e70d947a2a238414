#pragma once

#include <weir/detail/graph.hpp>
#include <weir/restarts.hpp>
#include <weir/state_backend.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace weir {

template <class T>
class stream;

/// Where a dataflow begins, and what holds for all of it.
class environment {
public:
  environment() = default;
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

  /// A stream of what a source produces: see sources.hpp.
  template <class Source>
  auto from(Source source) {
    return std::move(source).attach(*this);
  }

  /// Shown in lists and logs; by default the name of the job function.
  environment& name(std::string value);

  /// Subtasks of each operator that does not state its own; by default what was asked at submission.
  /// Throws std::invalid_argument when it is 0 or above 32768.
  environment& set_parallelism(std::uint32_t subtasks);

  /// Number of key groups, and so the highest parallelism that keyed state can be spread over.
  /// Throws std::invalid_argument when it is 0 or above 32768.
  environment& set_max_parallelism(std::uint32_t key_groups);

  /// Each operator becomes a task of its own.
  environment& disable_chaining();

  /// How long a record may wait for its batch to fill: 0 sends each record at once, -1 only full batches.
  environment& set_buffer_timeout_ms(std::int64_t timeout);

  /// How often watermarks are sent: 0 behind every batch of records; by default what
  /// `pipeline.auto-watermark-interval` says.
  environment& set_watermark_interval_ms(std::int64_t interval);

  /// Where keyed state is; by default what `state.backend.type` says at submission, else on the workers.
  environment& set_state_backend(state_backend backend);

  /// A checkpoint is taken at this interval; by default what `execution.checkpointing.interval` says. Where
  /// they are kept is the cluster's matter (`execution.checkpointing.dir`). What `-D` says at submission goes
  /// before it. Throws std::invalid_argument when it is below 1 ms.
  environment& enable_checkpointing(std::chrono::milliseconds interval);

  /// What is done when the job fails: no_restart, fixed_delay, exponential_delay or failure_rate; by default
  /// what `restart-strategy.type` says. What `-D` says at submission goes before it. Throws
  /// std::invalid_argument for values that the configuration would refuse.
  environment& set_restart_strategy(restart_settings how);

  [[nodiscard]] const detail::stream_graph& graph() const { return graph_; }
  [[nodiscard]] detail::stream_graph& graph() { return graph_; }

private:
  detail::stream_graph graph_;
};

} // namespace weir
