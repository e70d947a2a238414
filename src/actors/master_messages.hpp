#pragma once

#include "actors/checkpoint_storage.hpp"
#include "actors/gateway_call.hpp"
#include "rest/cluster_gateway.hpp"
#include "scheduler/dispatcher_core.hpp"
#include "scheduler/job_manager_core.hpp"
#include "scheduler/resource_manager_core.hpp"
#include "wire/control_messages.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <string>
#include <vector>

/// What the actors of a master say to each other. All of it stays inside the process.
///
///     connector ──▶ router              peer_up, peer_down, received_control
///     router ──▶ resource manager       register_worker, heartbeat, freed, peer_down
///     router ──▶ job manager            offer, update, allocation_gone, acknowledge_checkpoint,
///                                       decline_checkpoint, data_ended
///     router ──▶ blob server            fetch_blob
///     any of them ──▶ router            send_to_worker
///     resource manager ──▶ job manager  worker_introduced, session_lost, slots_missing, slot_request_failed,
///                                       tasks_reported
///     job manager ──▶ resource manager  slots_needed
///     dispatcher ──▶ job manager        begin_job, cancel_running_job, confirm_end
///     job manager ──▶ dispatcher        job_changed, store_end, checkpoints_gone
///     executor ──▶ job manager          storage_opened, counter_outcome, checkpoint_outcome,
///     removal_outcome,
///                                           end_outcome
///     dispatcher ──▶ blob server        claim_library, release_library; back: library_claimed
///     gateway ──▶ its actor             the messages with a call
///
/// A job manager is bound to its job at router and resource manager before it begins, and unbound after it
/// has returned its slots. It ends when the router has confirmed that: what the router passed on before has
/// then come, and it answers itself what comes later.
namespace weir::actors {

/// The router's, once the actors it passes messages to exist.
struct route_to {
  caf::actor resource_manager;
  caf::actor blob_server;
};

struct bind_job {
  job_id job;
  caf::actor manager;
};

struct unbind_job {
  job_id job;
};

struct job_unbound {};

struct begin_job {};

/// The manager of the job died without returning its slots.
struct job_abandoned {
  job_id job;
};

struct job_changed {
  job_summary summary;
};

/// Nothing is left of the ended job's checkpoints that is to go.
struct checkpoints_gone {
  job_id job;
};

struct library_claimed {
  job_id job;
  bool found = false;
};

struct record_landed {
  job_id job;
  record_state state = record_state::submitted;
};

// ---- calls from outside

struct list_workers {
  call_ptr<std::vector<worker_status>> call;
};

struct list_jobs {
  call_ptr<std::vector<job_summary>> call;
};

struct describe_job {
  job_id job;
  call_ptr<job_details> call;
};

/// `full`: all of the state is to be written.
struct take_checkpoint {
  job_id job;
  bool full = false;
  call_ptr<checkpoint_id> call;
};

struct submit_job {
  job_submission submission;
  call_ptr<job_id> call;
};

struct cancel_job {
  job_id job;
  call_ptr<void> call;
};

struct find_library {
  std::string hash;
  job_id submission;
  call_ptr<bool> call;
};

struct put_library {
  std::string hash;
  std::shared_ptr<const std::string> bytes;
  job_id submission;
  call_ptr<void> call;
};

/// The call ends with an error when nobody has answered it within web.timeout.
struct watch_call {
  std::weak_ptr<expiring_call> call;
};

} // namespace weir::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::register_worker)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::heartbeat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::freed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::offer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::update)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::allocation_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::acknowledge_checkpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::decline_checkpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::data_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::store_counter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::fetch_blob)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::send_to_worker)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::worker_introduced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::session_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::slots_missing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::slot_request_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::tasks_reported)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::slots_needed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::store_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::claim_library)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::release_library)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::cancel_running_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::confirm_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::route_to)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::bind_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::unbind_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::job_unbound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::begin_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::job_abandoned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::job_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::checkpoints_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::library_claimed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::record_landed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::list_workers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::list_jobs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::describe_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::take_checkpoint)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::storage_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::counter_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::checkpoint_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::removal_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::end_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::end_checkpoints)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::submit_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::cancel_job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::find_library)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::put_library)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::watch_call)
