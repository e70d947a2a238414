#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "dataflow/job_graph.hpp"
#include "exchange/channel_item.hpp"
#include "exchange/channel_options.hpp"
#include "exchange/input_gate.hpp"
#include "exchange/result_partition.hpp"
#include "operators/operator_chain.hpp"
#include "state/snapshot_chain.hpp"
#include "task/rate_window.hpp"
#include "task/subtask_transport.hpp"
#include "task/task_channels.hpp"
#include "task/task_checkpoints.hpp"
#include "task/task_states.hpp"
#include "task/time_account.hpp"
#include "wire/control_messages.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir {

struct subtask_options {
  channel_options channels;
  std::size_t collect_max_size = 16 * 1024 * 1024; ///< collect.max-size: bytes of results
  std::size_t metrics_max_size = 256 * 1024;       ///< metrics.max-size: bytes of measurements
  /// Bytes that may be in flight to this subtask; its channels then get fewer buffers than
  /// buffers_per_channel where that is needed, but at least one. 0: no limit.
  std::uint64_t network_memory = 0;
  state_settings state; ///< where the job's graph chooses no backend, with this one
  snapshot_options snapshots;
};

/// A subtask that takes part in checkpoints.
struct subtask_checkpoints {
  barrier_aligner::mode mode = barrier_aligner::mode::exactly_once;
  checkpoint_transport* transport = nullptr; ///< outlives the subtask
  bool incremental = false;                  ///< checkpoints may have a base
};

/// All that decides what a subtask does. The job library behind `code` must stay loaded until the subtask and
/// every batch it sent are gone.
struct subtask_setup {
  attempt_id attempt; ///< names the vertex and the subtask as well
  std::shared_ptr<const job_graph> graph;
  std::shared_ptr<const detail::stream_graph> code;
  std::vector<producer_location> producers;  ///< one for each incoming channel, in any order
  std::vector<consumer_reference> consumers; ///< one for each outgoing channel, in any order
  subtask_options options;
  /// What the tasks of this process share; where it is empty, the subtask has its own.
  std::shared_ptr<watermark_alignment> alignment = {};
  restored_state restored = {};
  std::optional<subtask_checkpoints> checkpoints = {};
  bool finalizes = false;             ///< only the sinks are opened, and it has finished
  snapshot_opener open_snapshot = {}; ///< empty: the files of the platform
};

/// The answer to a consumer that opens a channel.
struct open_answer {
  enum class kind : std::uint8_t {
    opened,  ///< tell it `channel_opened`; frames and items follow from run()
    gone,    ///< tell it `channel_gone`; when this producer must fail for it, the next run() says so
    ignored, ///< late copy of an earlier opening: no answer
  };
  kind what = kind::ignored;
  std::uint32_t out = 0; ///< with `opened`: position in out_channels()
  std::string reason;    ///< with `gone`
};

/// What run() found.
struct run_outcome {
  enum class kind : std::uint8_t {
    more,     ///< there is work left: run again soon
    wait,     ///< nothing to do before the next event, or before `wake_at`
    finished, ///< all input is read and all output handed to the transport
    canceled, ///< the cancel flag is set
    failed,   ///< see `cause`
  };
  kind what = kind::wait;
  std::optional<time_point> wake_at; ///< with `wait`: run again then, even if nothing happened
  std::string cause;                 ///< with `failed`: chain of causes, outermost first
};

/// One subtask of a job vertex: input gates, operator chain and result partitions, without threads and
/// messages.
///
/// Whoever holds it brings events in by the on_…() calls, which only note them, and calls run() after each of
/// them; run() does the work, for a bounded time and number of batches. Exceptions of user code end in a
/// failure that names the operator. Life: open(); on_…() and run() in any order; close(). After `finished`,
/// `canceled` or `failed` only close(), metrics() and results() are of use.
///
/// Not thread-safe, but for the cancel flag.
class subtask {
public:
  /// The platform and the transport outlive the subtask. Until open() succeeds it has no channels.
  subtask(subtask_setup setup, weir::platform& platform, subtask_transport& transport);
  ~subtask() { close(); }
  subtask(const subtask&) = delete;
  subtask& operator=(const subtask&) = delete;

  /// Builds and opens the operators, and asks the producers to send. Fails when the deployment does not fit
  /// the graph or an operator throws.
  result<void> open();

  /// Does the work of at most `max_batches` batches, of fewer when they take long.
  run_outcome run(std::uint32_t max_batches);

  /// Closes the operators and the channels that are still open. Idempotent; also done by the destructor.
  void close() noexcept;

  /// Set it from any thread to make operators that ask, and run(), stop.
  [[nodiscard]] const std::shared_ptr<std::atomic<bool>>& cancel_flag() const { return canceled_; }

  // As a producer: a consumer's messages.

  /// `local`: the consumer is in this process, and gets items instead of frames.
  open_answer on_channel_open(const channel_id& channel, std::uint32_t opening, std::uint64_t granted_total,
                              bool local);
  /// `emptied`: batches of this producer that were read.
  void on_credit(std::uint32_t out, std::uint64_t granted_total, std::vector<detail::batch_ptr> emptied);
  /// The consumer takes nothing any more. What is left for it is dropped.
  void on_channel_closed(std::uint32_t out);
  /// The connection to the consumer broke, or its worker is silent.
  void on_consumer_lost(std::uint32_t out, const std::string& reason);

  // As a consumer: a producer's messages.

  void on_opened(std::uint32_t in, std::uint32_t opening);
  void on_not_yet(std::uint32_t in, std::uint32_t opening);
  void on_gone(std::uint32_t in, std::uint32_t opening, const std::string& reason);
  /// For the route of the present opening only; the holder drops what comes on an earlier one.
  void on_item(std::uint32_t in, std::uint64_t sequence, channel_item item);
  void on_frame(std::uint32_t in, std::vector<char> frame);
  /// The connection to the producer broke or cannot be made, or its worker is silent.
  void on_producer_lost(std::uint32_t in, const std::string& reason);

  // Of checkpoints: from the coordinator, and how the writing of a snapshot went.

  void on_trigger(const trigger_checkpoint& trigger);
  void on_checkpoint_completed(checkpoint_id checkpoint);
  void on_checkpoint_aborted(checkpoint_id checkpoint);
  void on_snapshot_written(checkpoint_id checkpoint, result<snapshot_handle> written);

  /// The job ends here: sinks commit what is completed and remove what never will be. To be followed by
  /// close().
  result<void> discard();

  /// The channels in a fixed order.
  [[nodiscard]] std::span<const channel_id> in_channels() const { return channels_.in; }
  [[nodiscard]] std::span<const channel_id> out_channels() const { return channels_.out; }

  /// Where the producer of an incoming channel runs.
  [[nodiscard]] const producer_location& producer(std::uint32_t in) const { return channels_.producers[in]; }

  /// "words (2/4)".
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] task_metrics metrics() const;
  /// What operators and the user's code in them counted and measured, and how fast records go; call it about
  /// once a second. Metrics that would go beyond subtask_options::metrics_max_size are left out; fails where
  /// accumulators do, or where a gauge throws.
  [[nodiscard]] result<measurements_ptr> measurements();
  [[nodiscard]] std::vector<operator_counts> operators() const;
  /// What operators gave by operator_context::add_result; moved out.
  [[nodiscard]] std::vector<task_result> take_results();
  /// Bytes of batches and frames that wait in this subtask, in both directions.
  [[nodiscard]] std::uint64_t network_memory() const;

private:
  /// What one turn of the loop came to.
  enum class progress : std::uint8_t {
    some,
    none, ///< nothing to do, or no credit for its output
  };

  struct source_state {
    bool ended = false;
    time_point poll_at{};
  };

  result<void> build();
  void make_partitions();
  void make_gate();
  result<void> make_chain();
  result<std::unique_ptr<operator_state_registry>> make_states(operator_subtask who);
  void make_checkpoints();

  run_outcome run_batches(std::uint32_t max_batches);
  void open_channels();
  void handle_notices();
  result<void> tell_checkpoints(const std::function<result<void>(task_checkpoints&)>& notice);
  void read_released();
  progress step();
  bool poll_a_source();
  void tell_processing_time();
  void note_dirty();
  [[nodiscard]] bool may_poll(std::uint32_t source) const;
  [[nodiscard]] bool may_read(std::uint32_t in) const;
  void end_outputs();
  void read_channel(std::uint32_t in);
  void note_ready(std::uint32_t in);
  result<void> handle(std::uint32_t in, channel_item& item);
  result<void> end_data(std::uint32_t in);
  void give_credit(std::uint32_t in);
  void flush_if_due();
  void flush();
  void pump();
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] bool is_done() const;
  [[nodiscard]] run_outcome wait();

  void fail(std::string cause);
  void fail_channel(std::uint32_t in, const std::string& what);
  [[nodiscard]] std::string in_name(std::uint32_t in) const;
  [[nodiscard]] std::string out_name(std::uint32_t out) const;

  subtask_setup setup_;
  weir::platform& platform_;
  subtask_transport& transport_;
  std::shared_ptr<std::atomic<bool>> canceled_ = std::make_shared<std::atomic<bool>>(false);
  std::string name_;

  task_channels channels_;
  input_gate gate_;
  std::vector<std::uint32_t> entry_of_channel_; ///< incoming channel to position in channels_.edges_in
  std::optional<std::uint32_t> reading_;        ///< incoming channel whose item is being handled
  std::uint32_t blocked_channels_ = 0;          ///< outgoing ones that cannot take a batch
  std::vector<out_channel*> out_channels_;
  std::vector<std::unique_ptr<result_partition>> partitions_;
  std::optional<task_states> states_;
  std::unique_ptr<operator_chain> chain_; ///< refers to the partitions and the states
  std::optional<task_checkpoints> checkpoints_;
  std::deque<std::function<result<void>(task_checkpoints&)>> notices_; ///< of checkpoints, not handled yet
  std::vector<bool> data_ended_;                                       ///< by incoming channel
  checkpoint_id newest_completed_ = 0; ///< that on_checkpoint_completed told of
  bool outputs_ended_ = false;
  std::vector<source_state> sources_;
  std::uint32_t next_source_ = 0;
  bool source_had_turn_ = false;

  bool opening_ = false;  ///< some incoming channel is not open yet
  bool credited_ = false; ///< something that waits may be sent
  bool closed_ = false;
  bool dirty_ = false; ///< records may wait in operators, partitioners or frames
  time_point dirty_since_{};
  time_point now_{};        ///< last reading of the clock
  bool running_on_ = false; ///< the last run() ended with work left
  time_account time_;
  rate_window rates_;
  std::optional<std::string> failure_;
  std::uint64_t records_in_ = 0;
  std::vector<task_result> results_;
};

} // namespace weir
