#pragma once

#include "base/platform.hpp"
#include "dataflow/job_graph.hpp"
#include "operators/operator_chain.hpp"

#include <weir/detail/graph.hpp>
#include <weir/detail/operator.hpp>
#include <weir/harness.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// One subtask of a driven_job: an operator chain with its states, a line of what comes in, and partitioners
/// that put what goes out into the lines of others.
class driven_task {
public:
  struct surroundings {
    const job_graph& graph;
    const detail::stream_graph& code;
    weir::platform& platform;
    const testing::harness_options& options;
    make_operator_states make_states;
  };

  /// What comes in on one channel of an entry.
  struct event {
    enum class kind : std::uint8_t { records, watermark, idle, active, end };
    kind what = kind::records;
    std::uint32_t entry = 0;
    std::uint32_t channel = 0;
    detail::batch_ptr records;
    detail::event_time time = 0;
  };

  driven_task(const surroundings& around, std::uint32_t vertex, std::uint32_t subtask);
  ~driven_task();

  /// Where records of an edge go to: the tasks of its consumer that read this one, and the channel of each.
  void connect(std::uint32_t edge, std::vector<std::pair<driven_task*, event>> to);

  /// After all were connected. Throws std::runtime_error as all that follow.
  void open();

  void post(event happened) { line_.push_back(std::move(happened)); }

  /// Handles what has come, polls sources until they are idle unless they are paced, drains and flushes.
  void settle();

  /// Sources that have not ended.
  [[nodiscard]] std::vector<std::uint32_t> live_sources() const;
  /// Lets one of them give about a batch.
  detail::source_operator::status poll(std::uint32_t source);

  [[nodiscard]] std::optional<std::int64_t> wake_at_wall_ms() const { return chain_->wake_at_wall_ms(); }
  void on_processing_time(std::int64_t wall_ms);

  /// The states of its operators as they are now.
  std::vector<operator_state_cut> freeze(std::uint64_t number);

  [[nodiscard]] operator_chain& chain() { return *chain_; }
  [[nodiscard]] std::uint32_t vertex() const { return vertex_; }
  [[nodiscard]] std::uint32_t subtask() const { return subtask_; }

private:
  class edge_out;

  surroundings around_;
  std::uint32_t vertex_;
  std::uint32_t subtask_;
  std::atomic<bool> canceled_{false};
  watermark_alignment alignment_;
  std::vector<std::unique_ptr<edge_out>> edges_out_;
  std::vector<std::uint32_t> edges_in_;
  std::unique_ptr<operator_chain> chain_;
  std::vector<bool> source_ended_;
  std::deque<event> line_;
};

} // namespace weir
