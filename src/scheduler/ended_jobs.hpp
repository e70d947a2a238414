#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace weir {

struct ended_jobs_limits {
  std::size_t max_capacity = 1000;                      ///< jobstore.max-capacity
  std::chrono::milliseconds expiration_time{3'600'000}; ///< jobstore.expiration-time
  std::uint64_t results_size = 50 << 20;                ///< jobstore.cache-size
};

/// Decides which ended jobs are forgotten. One that is forgotten would start again if its client still
/// retried the submission, so what takes most memory, the results, goes first and the rest stays.
class ended_jobs {
public:
  explicit ended_jobs(const ended_jobs_limits& limits) : limits_{limits} {}

  void add(const job_id& job, std::uint64_t results_size, time_point now);

  struct verdict {
    std::vector<job_id> forget;
    std::vector<job_id> drop_results;
  };

  /// What to give up now; each job is named once. The results of the newest job are never given up.
  verdict sweep(time_point now);

private:
  struct entry {
    job_id job;
    std::uint64_t results_size = 0;
    time_point ended_at;
  };

  ended_jobs_limits limits_;
  std::deque<entry> oldest_first_;
  std::uint64_t results_size_ = 0;
};

} // namespace weir
