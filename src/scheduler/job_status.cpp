#include "scheduler/job_status.hpp"

namespace weir {

std::string_view to_string(job_state state) {
  switch (state) {
  case job_state::initializing:
    return "INITIALIZING";
  case job_state::created:
    return "CREATED";
  case job_state::running:
    return "RUNNING";
  case job_state::failing:
    return "FAILING";
  case job_state::failed:
    return "FAILED";
  case job_state::cancelling:
    return "CANCELLING";
  case job_state::canceled:
    return "CANCELED";
  case job_state::finished:
    return "FINISHED";
  case job_state::restarting:
    return "RESTARTING";
  }
  return "UNKNOWN";
}

bool is_terminal(job_state state) {
  return state == job_state::finished || state == job_state::canceled || state == job_state::failed;
}

} // namespace weir
