#pragma once

#include "scheduler/job_status.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// What can happen to a job as a whole.
enum class job_event : std::uint8_t {
  prepared,     ///< its execution graph stands and its slots are asked for
  deployed,     ///< all its subtasks were sent to their slots
  failure,      ///< a subtask, a worker or the request for slots failed, and the job with it
  restart,      ///< a subtask or a worker failed, and its region is to be restarted
  cancel_wish,  ///< the user wants it to end
  all_finished, ///< every subtask has finished by itself
  all_ended,    ///< every attempt has ended or was lost with its worker, not all by finishing
};

struct job_transition {
  job_state from;
  job_event event;
  job_state to;
};

/// Every transition there is; an event that is not here for a state changes nothing.
///
///                            RESTARTING
///                              ▲   │
///                              │   ▼
///     INITIALIZING ─▶ CREATED ─▶ RUNNING ─▶ FINISHED
///                        │          │ ╲
///                        ▼          ▼  ╲
///                     FAILING ◀─────┘   ▶ CANCELLING ─▶ CANCELED, or FINISHED when all finished before their
///                     cancel
///                        ╰──▶ FAILED        and from RESTARTING as from RUNNING, but for FINISHED
std::span<const job_transition> job_transitions();

/// The state after `event`, or nothing when the event does not concern a job in `state`.
std::optional<job_state> next_state(job_state state, job_event event);

} // namespace weir
