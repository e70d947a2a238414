#include "scheduler/execution_graph.hpp"

#include <cassert>

namespace weir {

namespace {

/// How far an attempt has come. CANCELING can still end in FINISHED: the end may have been on its way.
int progress(task_state state) {
  switch (state) {
  case task_state::created:
    return 0;
  case task_state::scheduled:
    return 1;
  case task_state::deploying:
    return 2;
  case task_state::initializing:
    return 3;
  case task_state::running:
    return 4;
  case task_state::canceling:
    return 5;
  case task_state::finished:
  case task_state::canceled:
  case task_state::failed:
    return 6;
  }
  return 0;
}

} // namespace

execution_graph::execution_graph(const job_id& job, std::shared_ptr<const job_graph> graph,
                                 leader_epoch epoch, std::int64_t wall_ms)
    : graph_{std::move(graph)} {
  for (std::uint32_t v = 0; v < graph_->vertices.size(); ++v) {
    auto& subtasks = attempts_.emplace_back();
    for (std::uint32_t s = 0; s < graph_->vertices[v].parallelism; ++s) {
      subtasks.push_back({.id = {.job = job, .vertex = v, .subtask = s, .epoch = epoch, .number = 1},
                          .entered_wall_ms = {{task_state::created, wall_ms}}});
      ++total_;
    }
  }
  if (total_ > 0)
    counts_[task_state::created] = total_;
}

execution_attempt* execution_graph::find(const attempt_id& id) {
  return is_present(id) ? &attempts_[id.vertex][id.subtask] : nullptr;
}

bool execution_graph::is_present(const attempt_id& id) const {
  return id.vertex < attempts_.size() && id.subtask < attempts_[id.vertex].size() &&
         attempts_[id.vertex][id.subtask].id == id;
}

bool execution_graph::advance(execution_attempt& attempt, task_state to, std::int64_t wall_ms) {
  if (progress(to) <= progress(attempt.state))
    return false;
  move(attempt.state, to);
  attempt.state = to;
  attempt.entered_wall_ms[to] = wall_ms;
  return true;
}

void execution_graph::begin_anew(std::uint32_t vertex, std::uint32_t subtask, std::int64_t wall_ms) {
  execution_attempt& before = attempts_[vertex][subtask];
  assert(is_terminal(before.state));
  move(before.state, task_state::created);
  attempt_id next = before.id;
  ++next.number;
  before = {.id = next, .entered_wall_ms = {{task_state::created, wall_ms}}};
}

void execution_graph::move(task_state from, task_state to) {
  auto left = counts_.find(from);
  assert(left != counts_.end());
  if (--left->second == 0)
    counts_.erase(left);
  ++counts_[to];
}

bool execution_graph::all_running() const {
  return count(task_state::running) > 0 && count(task_state::running) + count(task_state::finished) == total_;
}

bool execution_graph::all_terminal() const {
  return count(task_state::finished) + count(task_state::canceled) + count(task_state::failed) == total_;
}

bool execution_graph::all_finished() const {
  return count(task_state::finished) == total_;
}

std::string execution_graph::task_name(const attempt_id& id) const {
  const job_vertex& vertex = graph_->vertices[id.vertex];
  return vertex.name + " (" + std::to_string(id.subtask + 1) + "/" + std::to_string(vertex.parallelism) + ")";
}

std::uint32_t execution_graph::count(task_state state) const {
  auto found = counts_.find(state);
  return found == counts_.end() ? 0 : found->second;
}

std::vector<std::vector<subtask_status>> execution_graph::status() const {
  std::vector<std::vector<subtask_status>> all;
  for (const auto& subtasks : attempts_) {
    auto& rows = all.emplace_back();
    for (const execution_attempt& attempt : subtasks)
      rows.push_back({.attempt = attempt.id,
                      .state = attempt.state,
                      .worker = attempt.worker,
                      .host = attempt.host,
                      .entered_wall_ms = attempt.entered_wall_ms,
                      .metrics = attempt.metrics,
                      .measurements = attempt.measurements});
  }
  return all;
}

} // namespace weir
