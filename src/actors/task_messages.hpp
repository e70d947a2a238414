#pragma once

#include "actors/connector.hpp"
#include "exchange/channel_item.hpp"
#include "scheduler/worker_core.hpp"
#include "task/subtask.hpp"
#include "wire/control_messages.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the actors of a worker say to each other. All of it stays inside the process.
///
///     task manager ──▶ slot   start_task
///     slot ──▶ task manager   task_started, task_changed, checkpoint_answer
///     task ──▶ slot           task_changed, checkpoint_answer
///     task ──▶ task manager   open_wish, task_measured
///     task manager ──▶ task   open_request, channel_answer, peer_broken, stop_task, measure_task,
///                             notify_task
///     task ──▶ task           channel_answer, local_items, local_credit, local_close: the two ends of a
///                             channel in one process, batches by reference
///     executor ──▶ task       snapshot_written
///     connector ──▶ task      received_routed: frames and credits of channels to other processes
namespace weir::actors {

// ---- life of a task

struct start_task {
  subtask_setup setup;
  std::optional<checkpoint_plan> checkpoints; ///< empty: the job takes none
};

struct snapshot_written {
  checkpoint_id checkpoint = 0;
  result<snapshot_handle> file;
};

struct task_started {
  attempt_id attempt;
  caf::actor task;
  std::shared_ptr<std::atomic<bool>>
      canceled; ///< set it and send stop_task: the flag does not wait behind data
};

/// `running`, or the end: then nothing of the task runs any more.
struct task_changed {
  attempt_id attempt;
  task_state state = task_state::running;
  task_end end;
};

struct stop_task {
  bool job_ends = false; ///< as in cancel
};

struct measure_task {};

/// In one line with task_changed: a task acknowledges before it ends.
struct checkpoint_answer {
  std::variant<acknowledge_checkpoint, decline_checkpoint, data_ended> message;
};

struct task_measured {
  attempt_id attempt;
  task_metrics metrics;
  measurements_ptr measurements;
  std::uint64_t network_memory = 0;
};

// ---- channels

/// A task wants data of a producer, wherever it runs.
struct open_wish {
  producer_location producer;
  open_channel message;
  caf::actor consumer;
};

/// To the producer.
struct open_request {
  open_channel message;
  incarnation_id from; ///< the consumer's worker
  caf::actor consumer; ///< if it is in this process
};

/// To the consumer.
struct channel_answer {
  std::variant<channel_opened, channel_not_yet, channel_gone> message;
  caf::actor producer; ///< of `opened`, if it is in this process
};

/// All channels with tasks of that worker are broken, or cannot be made.
struct peer_broken {
  incarnation_id peer;
  std::string reason;
};

/// Items of one channel, in their order.
struct local_items {
  std::uint64_t route = 0;    ///< open_channel::consumer_route
  std::uint64_t sequence = 0; ///< of the first
  std::vector<channel_item> items;
};

struct local_credit {
  std::uint64_t route = 0; ///< channel_opened::producer_route
  std::uint64_t granted_total = 0;
  std::vector<detail::batch_ptr> emptied;
};

struct local_close {
  std::uint64_t route = 0; ///< channel_opened::producer_route
};

} // namespace weir::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::start_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::task_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::task_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::stop_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::measure_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::task_measured)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::checkpoint_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::snapshot_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::notify_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::open_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::open_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::channel_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::peer_broken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::local_items)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::local_credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::local_close)
