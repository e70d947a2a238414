#pragma once

#include <weir/detail/batch.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir {
class platform;
}

namespace weir::detail {

/// Where an operator's records go: the next operator of the chain, or the edge out of the task.
class output {
public:
  virtual ~output() = default;

  /// Takes the records. The receiver may change the batch, or move it out and leave an empty pointer;
  /// otherwise it is the caller's again, with unspecified contents.
  virtual void emit(batch_ptr& records) = 0;
};

/// Event time in milliseconds since 1970.
using event_time = std::int64_t;
inline constexpr event_time min_event_time = std::numeric_limits<event_time>::min();
inline constexpr event_time max_event_time = std::numeric_limits<event_time>::max();

class operator_states;
class operator_metrics;
struct side_output;

/// What an operator sees of the task it runs in. Lives as long as the operator.
class operator_context {
public:
  virtual ~operator_context() = default;

  [[nodiscard]] virtual std::uint32_t subtask() const = 0;
  [[nodiscard]] virtual std::uint32_t parallelism() const = 0;
  [[nodiscard]] virtual std::uint32_t max_parallelism() const = 0;
  /// Grows with each attempt to run this subtask.
  [[nodiscard]] virtual std::uint64_t attempt() const = 0;
  /// 32 hexadecimal digits, the same for all subtasks and attempts of a job.
  [[nodiscard]] virtual const std::string& job() const = 0;
  /// The operator's name, for messages.
  [[nodiscard]] virtual const std::string& name() const = 0;
  /// 32 hexadecimal digits, the same in all subtasks and attempts, and in another job that goes on from a
  /// snapshot of this one.
  [[nodiscard]] virtual const std::string& id() const = 0;
  /// Whether checkpoints are taken of the job: what a sink gives away is then committed by them, and without
  /// them at the end of the input.
  [[nodiscard]] virtual bool checkpoints_enabled() const { return false; }
  /// Whether the job goes on from a snapshot rather than from nothing.
  [[nodiscard]] virtual bool restored() const { return false; }
  /// Whether that snapshot is older than the job's newest complete checkpoint, which cannot be read.
  [[nodiscard]] virtual bool goes_back() const { return false; }
  /// Time, files and randomness.
  [[nodiscard]] virtual weir::platform& platform() = 0;
  /// Milliseconds on a clock that never goes back; its start means nothing.
  [[nodiscard]] virtual std::int64_t monotonic_ms() = 0;
  /// Processing time: milliseconds since 1970.
  [[nodiscard]] virtual std::int64_t wall_ms() = 0;
  /// Asks for on_processing_time once wall_ms() has reached `wall_ms`. Only the earliest wish is kept, until
  /// it is fulfilled.
  virtual void wake_at(std::int64_t wall_ms) = 0;
  /// True once the task is to stop. A loop that does not return to the engine soon asks it.
  [[nodiscard]] virtual bool canceled() const = 0;
  /// Where the operator's records go; `nullptr` for a sink.
  [[nodiscard]] virtual output* out() = 0;
  /// Where the records of a side output go (graph_node::side_outputs); nothing may read them.
  [[nodiscard]] virtual output* side_out(std::uint32_t number) = 0;
  /// What they are called and carry (graph.hpp), by number; `nullptr`: there are none.
  [[nodiscard]] virtual const std::vector<side_output>* side_outputs() const { return nullptr; }
  /// Event time of what reads this operator goes forward to `time`; for operators that make their own
  /// (stream_operator::makes_time) and sources. The operator must have flushed. A time that is not later is
  /// ignored.
  virtual void emit_watermark(event_time time) = 0;
  /// An idle operator does not hold back the time of those that read it; its next record or watermark ends
  /// that. For the same operators.
  virtual void set_idle() = 0;
  /// How often an operator that makes time says how far it is, in milliseconds; 0: behind every batch.
  [[nodiscard]] virtual std::int64_t watermark_interval_ms() const { return 200; }
  /// Tells the other members of an alignment group how far this operator is, and returns how far the one is
  /// that is behind all others. A member that takes no part at present is at max_event_time.
  virtual event_time align(std::string_view, event_time time) { return time; }
  /// Whether to stop reading what leads to this operator. Records that are under way still come.
  virtual void hold_input(bool) {}
  /// Keyed and operator state.
  [[nodiscard]] virtual operator_states& states() = 0;
  /// Accumulators and metrics of the user.
  [[nodiscard]] virtual operator_metrics& metrics() = 0;
  /// Gives a named result of this subtask to the job: the values of all subtasks are put together in order
  /// and shown when the job ends. The total size per job is limited (`collect.max-size`).
  virtual void add_result(std::string_view name, std::string_view value) = 0;
};

/// A step of a task's operator chain. The engine calls it from one thread at a time.
///
/// Life: open; then process, flush, on_watermark and what concerns snapshots in any order; end_of_input once
/// for each input; drain until it returns false; with checkpoints, what concerns snapshots until all is
/// committed; close. After a failure or a cancellation only discard and close come. Exceptions fail the task
/// with their message.
class stream_operator {
public:
  virtual ~stream_operator() = default;

  virtual void open(operator_context&) {}

  /// Handles records of one input. See output::emit for who owns the batch afterwards.
  virtual void process(std::uint32_t input, batch_ptr& records) = 0;

  /// Emits what is buffered inside the operator because a batch was not full.
  virtual void flush() {}

  /// Event time has reached `time` on all inputs. Called with the operator flushed; the engine passes it on.
  virtual void on_watermark(event_time) {}

  /// True: watermarks of the inputs end here, and emit_watermark makes those that the readers see.
  [[nodiscard]] virtual bool makes_time() const { return false; }

  /// Processing time has reached what operator_context::wake_at asked for.
  virtual void on_processing_time(std::int64_t) {}

  /// The snapshot of a checkpoint is about to be taken: what is not in registered state goes there. Called
  /// with the operator flushed. The ids grow.
  virtual void before_snapshot(std::uint64_t) {}

  /// The checkpoint is complete for good, and so is all that was taken for those before it, of which nothing
  /// may have been heard: a sink commits. May repeat what was said before.
  virtual void on_checkpoint_completed(std::uint64_t) {}

  /// Nothing will come of the checkpoint: what was taken for it counts for the next one.
  virtual void on_checkpoint_aborted(std::uint64_t) {}

  /// False while something that the operator gave away waits for a checkpoint to complete. A task whose input
  /// has ended does not finish before that.
  [[nodiscard]] virtual bool committed() const { return true; }

  /// The job ends, and what is not committed never will be: a sink removes it. Only close() follows. Without
  /// this call, close() leaves what is prepared to the next attempt.
  virtual void discard() {}

  /// No more records will come on this input.
  virtual void end_of_input(std::uint32_t) {}

  /// Called after the last end_of_input, again and again while it returns true: emits about one batch of what
  /// was held back for the end. Between two calls the engine waits until the operator's outputs have credit,
  /// so that a large final result does not flood them. The end goes on to the next operator after the call
  /// that returned false.
  virtual bool drain() { return false; }

  virtual void close() noexcept {}
};

/// An operator without inputs that makes records when it is polled.
class source_operator : public stream_operator {
public:
  enum class status {
    more,  ///< there may be more at once
    idle,  ///< nothing now: poll again after `retry_after_ms`
    ended, ///< nothing will come any more
  };

  /// Emits about one batch through the context's output.
  virtual status poll() = 0;

  /// After an idle poll: how long to wait.
  [[nodiscard]] virtual std::uint32_t retry_after_ms() const { return 10; }

  void process(std::uint32_t, batch_ptr&) final { throw std::logic_error{"a source has no input"}; }
};

using operator_factory = std::function<std::unique_ptr<stream_operator>()>;

/// Where a partitioner's batches go: the channels of one edge of one subtask.
class channel_writer {
public:
  virtual ~channel_writer() = default;
  [[nodiscard]] virtual std::uint32_t channels() const = 0;
  /// Hands the batch over. `records` comes back as an empty batch of the same type, or as an empty pointer.
  virtual void send(std::uint32_t channel, batch_ptr& records) = 0;
};

/// What a partitioner knows of its edge.
struct partitioner_context {
  std::uint32_t subtask = 0;         ///< of the producer
  std::uint32_t parallelism = 1;     ///< of the producer
  std::uint32_t max_parallelism = 1; ///< number of key groups of the consumer
  channel_writer* writer = nullptr;
};

/// Spreads the records of one subtask over the channels of an edge. As an operator it has one input and no
/// output: process() takes batches, flush() sends what it holds.
using partitioner_factory = std::function<std::unique_ptr<stream_operator>(const partitioner_context&)>;

} // namespace weir::detail
