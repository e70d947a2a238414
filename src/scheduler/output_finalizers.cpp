#include "scheduler/output_finalizers.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

/// Until what failed is tried again; as for other disks that fail.
constexpr std::chrono::seconds rest{2};

subtask_place place_of(const attempt_id& attempt) {
  return {attempt.vertex, attempt.subtask};
}

} // namespace

output_finalizers::output_finalizers(const job_graph& graph) {
  for (const job_vertex& vertex : graph.vertices)
    parallelism_.push_back(std::ranges::any_of(vertex.operators, &is_committing) ? vertex.parallelism : 0);
}

void output_finalizers::on_deployed(const attempt_id& attempt) {
  if (parallelism_[attempt.vertex] > 0 && open_.insert(place_of(attempt)).second)
    first_.insert(attempt);
}

void output_finalizers::on_ended(const attempt_id& attempt, task_state how, bool ran) {
  bool told = told_.erase(attempt) > 0;
  if (how == task_state::finished || (how == task_state::canceled && told && ran))
    open_.erase(place_of(attempt));
}

void output_finalizers::on_not_opened(const attempt_id& attempt) {
  if (first_.contains(attempt))
    open_.erase(place_of(attempt));
}

void output_finalizers::expect_all() {
  for (std::uint32_t vertex = 0; vertex < parallelism_.size(); ++vertex)
    for (std::uint32_t subtask = 0; subtask < parallelism_[vertex]; ++subtask)
      open_.insert({vertex, subtask});
}

std::vector<subtask_place> output_finalizers::due() const {
  std::vector<subtask_place> places;
  for (const subtask_place& place : open_)
    if (!running_.contains(place) && !resting_.contains(place))
      places.push_back(place);
  return places;
}

attempt_id output_finalizers::start(const attempt_id& before, const slot_grant& slot) {
  attempt_id next = before;
  next.number += ++tries_[place_of(before)];
  running_.insert_or_assign(place_of(before), finalizer{next, slot});
  return next;
}

std::optional<output_finalizers::ended> output_finalizers::on_update(const attempt_id& attempt,
                                                                     const session_id& session, task_state to,
                                                                     const std::string& cause) {
  auto found = running_.find(place_of(attempt));
  if (found == running_.end() || found->second.attempt != attempt || found->second.slot.session != session ||
      !is_terminal(to))
    return std::nullopt;
  subtask_place place = found->first;
  running_.erase(found);
  ended how{attempt, to == task_state::finished ? "" : cause.empty() ? "its worker canceled it" : cause};
  if (how.is_given_up && tries_[place] < tries_max) {
    how.is_given_up = false;
    resting_.emplace(place, time_point::min());
  } else {
    open_.erase(place);
  }
  return how;
}

void output_finalizers::on_tick(time_point now) {
  for (auto& [place, until] : resting_)
    if (until == time_point::min())
      until = now + rest;
  std::erase_if(resting_, [&](const auto& each) { return each.second <= now; });
}

time_point output_finalizers::wake_at() const {
  time_point first = time_point::max();
  for (const auto& [place, until] : resting_)
    first = std::min(first, until);
  return first;
}

std::vector<output_finalizers::ended>
output_finalizers::lose(const std::function<bool(const slot_grant&)>& gone) {
  std::vector<ended> given_up;
  for (auto each = running_.begin(); each != running_.end();) {
    if (!gone(each->second.slot)) {
      ++each;
      continue;
    }
    if (tries_[each->first] >= tries_max) {
      given_up.push_back(
          {each->second.attempt, "its worker was lost, the " + std::to_string(tries_max) + ". time"});
      open_.erase(each->first);
    }
    each = running_.erase(each);
  }
  return given_up;
}

} // namespace weir
