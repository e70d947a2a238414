#pragma once

#include "wire/job_details.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace weir {

/// What survives of a job's way: only forward, and `ended` for ever (protocol-control, H6).
enum class record_state : std::uint8_t { submitted, cancel_requested, ended };

/// What a job that has ended may have left in the folder of its checkpoints, and is to go.
struct ended_checkpoints {
  std::string directory; ///< execution.checkpointing.dir, as the job had it
  bool retained = false; ///< all but the completed ones is to go

  friend bool operator==(const ended_checkpoints&, const ended_checkpoints&) = default;
};

/// What the master keeps of a job over its own end.
struct job_record {
  job_id id;
  job_spec spec;
  std::shared_ptr<const job_graph> graph;
  record_state state = record_state::submitted;
  std::shared_ptr<const job_details> end; ///< of an ended job
  /// Of an ended job. Empty: it left nothing, or nothing that may be touched, or all of it is gone.
  std::optional<ended_checkpoints> checkpoints;
};

} // namespace weir
