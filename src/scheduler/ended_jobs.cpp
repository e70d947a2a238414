#include "scheduler/ended_jobs.hpp"

#include <utility>

namespace weir {

void ended_jobs::add(const job_id& job, std::uint64_t results_size, time_point now) {
  oldest_first_.push_back({.job = job, .results_size = results_size, .ended_at = now});
  results_size_ += results_size;
}

ended_jobs::verdict ended_jobs::sweep(time_point now) {
  verdict result;
  while (!oldest_first_.empty() && (oldest_first_.size() > limits_.max_capacity ||
                                    now - oldest_first_.front().ended_at >= limits_.expiration_time)) {
    results_size_ -= oldest_first_.front().results_size;
    result.forget.push_back(oldest_first_.front().job);
    oldest_first_.pop_front();
  }
  for (auto each = oldest_first_.begin(); results_size_ > limits_.results_size; ++each) {
    if (each + 1 == oldest_first_.end())
      break;
    if (each->results_size == 0)
      continue;
    results_size_ -= std::exchange(each->results_size, 0);
    result.drop_results.push_back(each->job);
  }
  return result;
}

} // namespace weir
