#include "scheduler/job_failover.hpp"

#include <algorithm>
#include <utility>

namespace weir {

job_failover::job_failover(const job_graph& graph, const failover_settings& settings, std::uint64_t seed)
    : regions_{settings.by_region ? failover_regions::pipelined(graph) : failover_regions::whole(graph)},
      strategy_{make_restart_strategy(settings.restart, seed)},
      possible_{!std::holds_alternative<no_restart>(settings.restart)} {}

bool job_failover::covers(const std::vector<subtask_place>& failed) const {
  if (failed.empty())
    return failed_regions_.size() == regions_.size();
  return std::ranges::all_of(failed, [&](const subtask_place& place) {
    return failed_regions_.contains(regions_.region_of(place));
  });
}

void job_failover::on_failure(const std::vector<subtask_place>& failed) {
  for (const subtask_place& place : failed)
    failed_regions_.insert(regions_.region_of(place));
  if (failed.empty())
    for (std::uint32_t region = 0; region < regions_.size(); ++region)
      failed_regions_.insert(region);
  affected_.clear();
  for (std::uint32_t region : failed_regions_)
    affected_.insert(affected_.end(), regions_.members(region).begin(), regions_.members(region).end());
  std::ranges::sort(affected_);
  undecided_ = true;
  due_ = false;
}

void job_failover::restart_all() {
  on_failure({});
  undecided_ = false;
  restart_at_.reset();
  due_ = true;
}

job_failover::verdict job_failover::on_tick(time_point now) {
  if (std::exchange(undecided_, false)) {
    auto wait = strategy_->on_failure(now);
    if (!wait)
      return verdict::refused;
    restart_at_ = std::max(restart_at_.value_or(now), now + *wait);
  }
  if (!restart_at_ || now < *restart_at_)
    return verdict::none;
  restart_at_.reset();
  due_ = true;
  return verdict::due;
}

time_point job_failover::wake_at() const {
  return undecided_ ? time_point::min() : restart_at_.value_or(time_point::max());
}

void job_failover::clear() {
  failed_regions_.clear();
  affected_.clear();
  undecided_ = due_ = false;
  restart_at_.reset();
}

} // namespace weir
