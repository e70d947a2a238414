#pragma once

#include "base/ids.hpp"
#include "dataflow/job_spec.hpp"
#include "wire/checkpoint_messages.hpp"
#include "wire/task_measurements.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// The messages between nodes (protocol-control, section 2), as plain values. `wire/control_codec.hpp` turns
/// them into Cap'n Proto bytes and back; `schemas/control.capnp` says what each receiver must do.
///
/// Every message between master and worker carries the session; every message about a task carries its
/// attempt. A receiver drops what names another session or attempt than the present one.
namespace weir {

struct node_address {
  std::string host;
  std::uint16_t port = 0;
  auto operator<=>(const node_address&) const = default;
};

std::string to_string(const node_address& address);

/// What one slot offers. Zero means that nothing is set aside.
struct resource_profile {
  std::uint32_t cpu_millis = 0;
  std::uint64_t managed_memory = 0; ///< bytes, for state
  std::uint64_t network_memory = 0; ///< bytes, for data in flight
  auto operator<=>(const resource_profile&) const = default;
};

enum class task_state : std::uint8_t {
  created,
  scheduled,
  deploying,
  initializing,
  running,
  finished,
  canceling,
  canceled,
  failed,
};

std::string_view to_string(task_state state); // upper case, as REST shows it
bool is_terminal(task_state state);

/// Counters of one attempt since it started; times in milliseconds.
struct task_metrics {
  std::uint64_t records_in = 0;
  std::uint64_t records_out = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t busy_ms = 0;
  std::uint64_t idle_ms = 0;
  std::uint64_t backpressured_ms = 0;
  bool operator==(const task_metrics&) const = default;
};

struct task_report {
  attempt_id attempt;
  task_state state = task_state::created;
  task_metrics metrics;
  measurements_ptr measurements; ///< empty: as in the last heartbeat that had them
  bool operator==(const task_report&) const = default;
};

/// A named result of a subtask (collect, accumulators).
struct task_result {
  std::string name;
  std::string value;
  bool operator==(const task_result&) const = default;
};

// ---- worker <-> resource manager

struct register_worker {
  session_id session;
  node_address data_address; ///< where other workers reach it
  std::vector<resource_profile> slots;
  std::uint32_t cpu_cores = 0;
  std::uint64_t physical_memory = 0;
  std::int64_t process_id = 0;
  bool operator==(const register_worker&) const = default;
};

struct registered {
  session_id session;
  std::uint32_t heartbeat_interval_ms = 0;
  std::uint32_t heartbeat_timeout_ms = 0;
  bool operator==(const registered&) const = default;
};

struct unknown_session {
  session_id session;
  bool operator==(const unknown_session&) const = default;
};

/// The lists are information for people (REST, shell): no decision rests on them.
struct heartbeat {
  session_id session;
  std::uint64_t resident_memory = 0;
  std::uint64_t network_memory_used = 0;
  std::vector<task_report> tasks;
  bool operator==(const heartbeat&) const = default;
};

struct heartbeat_ack {
  session_id session;
  bool operator==(const heartbeat_ack&) const = default;
};

struct allocate {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  job_id job;
  bool operator==(const allocate&) const = default;
};

struct freed {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  bool operator==(const freed&) const = default;
};

// ---- worker <-> job manager

struct offer {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  job_id job;
  bool operator==(const offer&) const = default;
};

struct accept {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  job_id job;
  bool operator==(const accept&) const = default;
};

struct reject {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  job_id job;
  bool operator==(const reject&) const = default;
};

/// An `accept` came for an allocation that is not there.
struct allocation_gone {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  job_id job;
  bool operator==(const allocation_gone&) const = default;
};

/// `release` and not `free`, which the C library owns.
struct release {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  job_id job;
  bool operator==(const release&) const = default;
};

/// Where a task's producer runs.
struct producer_location {
  attempt_id attempt;
  std::uint32_t edge = 0; ///< index into job_graph::edges
  incarnation_id worker;
  node_address address;
  bool operator==(const producer_location&) const = default;
};

/// Which attempts may open a channel from a task.
struct consumer_reference {
  attempt_id attempt;
  std::uint32_t edge = 0;
  bool operator==(const consumer_reference&) const = default;
};

struct deploy {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  attempt_id attempt;
  job_spec job;
  std::vector<producer_location> producers;
  std::vector<consumer_reference> consumers;
  restored_state restored;
  std::optional<checkpoint_plan> checkpoints; ///< empty: the job takes none
  bool finalizes = false; ///< only its sinks are opened, to end what earlier attempts prepared
  bool operator==(const deploy&) const = default;
};

struct cancel {
  session_id session;
  attempt_id attempt;
  bool job_ends = false; ///< what was not committed never will be: sinks remove it
  bool operator==(const cancel&) const = default;
};

struct update {
  session_id session;
  attempt_id attempt;
  task_state state = task_state::created;
  std::string cause; ///< of `failed`: the chain of causes, outermost first
  task_metrics metrics;
  std::vector<task_result> results; ///< with `finished`
  measurements_ptr measurements;    ///< empty: as in the last heartbeat that had them
  bool irreversible = false; ///< of `failed`: restored_state::goes_back, and a sink has committed something
  bool operator==(const update&) const = default;
};

// ---- blobs (worker <-> master)

struct fetch_blob {
  session_id session;
  std::string hash; ///< SHA-256, 64 hexadecimal digits
  std::uint64_t offset = 0;
  bool operator==(const fetch_blob&) const = default;
};

/// A piece of at most `blob.chunk-size` bytes. The receiver asks for the next one.
struct blob_chunk {
  session_id session;
  std::string hash;
  std::uint64_t offset = 0;
  std::uint64_t total = 0;
  std::string bytes;
  std::string failure; ///< not empty: there is no such blob, or it cannot be read
  bool operator==(const blob_chunk&) const = default;
};

// ---- worker <-> worker: channels

/// Frames and credits name a channel's end by a number that its process gives out once and never again (a
/// route), so that what belongs to an earlier opening or attempt finds nobody.
struct open_channel {
  channel_id channel;
  std::uint32_t opening = 0;        ///< one more when the consumer opens again after a break
  std::uint64_t consumer_route = 0; ///< where frames go
  std::uint64_t granted_total = 0;  ///< frames the consumer can take
  bool operator==(const open_channel&) const = default;
};

struct channel_opened {
  channel_id channel;
  std::uint32_t opening = 0;
  std::uint64_t consumer_route = 0;
  std::uint64_t producer_route = 0; ///< where credits go
  bool operator==(const channel_opened&) const = default;
};

/// The producer is not deployed yet: try again.
struct channel_not_yet {
  channel_id channel;
  std::uint32_t opening = 0;
  bool operator==(const channel_not_yet&) const = default;
};

/// The producer has ended, or has sent frames to an earlier opening: the consumer fails, unless an earlier
/// copy of its `open` was answered.
struct channel_gone {
  channel_id channel;
  std::uint32_t opening = 0;
  std::string reason;
  bool operator==(const channel_gone&) const = default;
};

/// Absolute, so that a repeated or late one does no harm: max() counts.
struct channel_credit {
  std::uint64_t producer_route = 0;
  std::uint64_t granted_total = 0;
  bool operator==(const channel_credit&) const = default;
};

struct close_channel {
  std::uint64_t producer_route = 0;
  bool operator==(const close_channel&) const = default;
};

/// Liveness of a peer with open channels.
struct ping {
  std::uint64_t number = 0;
  bool operator==(const ping&) const = default;
};

struct pong {
  std::uint64_t number = 0;
  bool operator==(const pong&) const = default;
};

using control_message =
    std::variant<register_worker, registered, unknown_session, heartbeat, heartbeat_ack, allocate, freed,
                 offer, accept, reject, allocation_gone, release, deploy, cancel, update, fetch_blob,
                 blob_chunk, open_channel, channel_opened, channel_not_yet, channel_gone, channel_credit,
                 close_channel, ping, pong, trigger_checkpoint, checkpoint_completed, checkpoint_aborted,
                 acknowledge_checkpoint, decline_checkpoint, data_ended>;

} // namespace weir
