#pragma once

#include "wire/job_details.hpp"

#include <cstdint>
#include <memory>

namespace weir {

/// What survives of a job's way: only forward, and `ended` for ever (protocol-control, H6).
enum class record_state : std::uint8_t { submitted, cancel_requested, ended };

/// What the master keeps of a job over its own end.
struct job_record {
  job_id id;
  job_spec spec;
  std::shared_ptr<const job_graph> graph;
  record_state state = record_state::submitted;
  std::shared_ptr<const job_details> end; ///< of an ended job
};

} // namespace weir
