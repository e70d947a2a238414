#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "dataflow/job_graph.hpp"
#include "exchange/channel_item.hpp"
#include "exchange/channel_options.hpp"
#include "task/subtask_transport.hpp"
#include "wire/control_messages.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir {

struct subtask_options {
  channel_options channels;
  std::size_t collect_max_size = 4 * 1024 * 1024; ///< collect.max-size: bytes of results of one subtask
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
/// them; run() does the work, a bounded number of batches at a time. Exceptions of user code end in a failure
/// that names the operator. Life: open(); on_…() and run() in any order; close(). After `finished`,
/// `canceled` or `failed` only close(), metrics() and results() are of use.
///
/// Not thread-safe, but for the cancel flag.
class subtask {
public:
  /// The platform and the transport outlive the subtask.
  subtask(subtask_setup setup, weir::platform& platform, subtask_transport& transport);
  ~subtask();
  subtask(const subtask&) = delete;
  subtask& operator=(const subtask&) = delete;

  /// Builds and opens the operators, and asks the producers to send. Fails when the deployment does not fit
  /// the graph or an operator throws.
  result<void> open();

  /// Does the work of at most `max_batches` batches, or one flush.
  run_outcome run(std::uint32_t max_batches);

  /// Closes the operators and the channels that are still open. Idempotent; also done by the destructor.
  void close() noexcept;

  /// Set it from any thread to make operators that ask, and run(), stop.
  [[nodiscard]] const std::shared_ptr<std::atomic<bool>>& cancel_flag() const;

  // As a producer: a consumer's messages.

  /// `local`: the consumer is in this process, and gets items instead of frames.
  open_answer on_channel_open(const channel_id& channel, std::uint32_t opening, std::uint64_t granted_total,
                              bool local);
  /// `emptied` may be an empty pointer.
  void on_credit(std::uint32_t out, std::uint64_t granted_total, detail::batch_ptr emptied);
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

  /// The channels in a fixed order; ids are complete after open().
  [[nodiscard]] std::span<const channel_id> in_channels() const;
  [[nodiscard]] std::span<const channel_id> out_channels() const;

  /// Where the producer of an incoming channel runs.
  [[nodiscard]] const producer_location& producer(std::uint32_t in) const;

  /// "Source: lines -> words (2/4)".
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] task_metrics metrics() const;
  /// What operators gave by operator_context::add_result; moved out.
  [[nodiscard]] std::vector<task_result> take_results();
  /// Bytes of batches and frames that wait in this subtask, in both directions.
  [[nodiscard]] std::uint64_t network_memory() const;

private:
  class body;
  std::unique_ptr<body> body_;
};

} // namespace weir
