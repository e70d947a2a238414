#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace weir::tools {

/// Where a job is, as of one look at it.
struct job_progress {
  std::string state;
  std::uint64_t subtasks = 0;
  std::uint64_t running = 0;
  std::uint64_t finished = 0;
  std::uint64_t records = 0; ///< that tasks took from other tasks
  std::int64_t elapsed_ms = 0;
  std::string waiting_for; ///< "2 of 4 slots are missing", or empty
  std::string failure;     ///< the newest, or empty
  std::int64_t failure_wall_ms = -1;
};

/// Reads what `GET /jobs/:jobid` gives; what is missing there counts as zero.
job_progress progress_of(const nlohmann::json& job);

/// How fast a job takes records. Workers tell their counts about once a second, so a rate is over at least
/// that, and holds until the next one.
class record_rate {
public:
  /// Records a second, as of this look at the job; 0 while it is not known.
  std::uint64_t per_second(const job_progress& now);

private:
  std::int64_t since_ms_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t per_second_ = 0;
};

/// "RUNNING  2 of 4 subtasks run, 1 finished  1234 records/s  12.3 s"; without a rate that is 0.
std::string progress_text(const job_progress& now, std::uint64_t records_per_second);

/// FINISHED, FAILED or CANCELED.
bool has_ended(const std::string& state);

} // namespace weir::tools
