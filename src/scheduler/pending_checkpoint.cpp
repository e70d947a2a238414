#include "scheduler/pending_checkpoint.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir {

pending_checkpoint::pending_checkpoint(description what, const execution_graph& execution)
    : what_{std::move(what)} {
  for (const auto& subtasks : execution.attempts()) {
    auto& row = parts_.emplace_back();
    for (const execution_attempt& attempt : subtasks) {
      bool finished = attempt.state == task_state::finished;
      row.push_back({.attempt = attempt.id, .awaited = !finished, .finished = finished});
      awaited_ += finished ? 0 : 1;
    }
  }
}

bool pending_checkpoint::awaits(const attempt_id& attempt) const {
  const part& of = parts_[attempt.vertex][attempt.subtask];
  return of.awaited && of.attempt == attempt;
}

void pending_checkpoint::acknowledge(const attempt_id& attempt, std::vector<snapshot_handle> chain) {
  assert(awaits(attempt));
  part& of = part_of(attempt);
  of.awaited = false;
  of.chain = std::move(chain);
  --awaited_;
}

void pending_checkpoint::finish(const attempt_id& attempt) {
  assert(awaits(attempt));
  part& of = part_of(attempt);
  of.awaited = false;
  of.finished = true;
  --awaited_;
}

std::vector<snapshot_handle> pending_checkpoint::files() const {
  std::vector<snapshot_handle> all;
  for (const auto& row : parts_)
    for (const part& each : row)
      all.insert(all.end(), each.chain.begin(), each.chain.end());
  return all;
}

completed_checkpoint pending_checkpoint::complete(const job_id& job, const job_graph& graph,
                                                  std::int64_t wall_ms,
                                                  const completed_checkpoint* before) const {
  assert(has_all());
  completed_checkpoint completed{.job = job,
                                 .job_name = graph.name,
                                 .id = what_.id,
                                 .triggered_wall_ms = what_.triggered_wall_ms,
                                 .completed_wall_ms = wall_ms};
  for (std::uint32_t v = 0; v < graph.vertices.size(); ++v) {
    const job_vertex& vertex = graph.vertices[v];
    completed_vertex& to = completed.vertices.emplace_back();
    to.id = vertex.id;
    to.name = vertex.name;
    to.max_parallelism = vertex.max_parallelism;
    for (const job_operator& each : vertex.operators)
      to.operators.push_back(each.id);
    for (std::uint32_t s = 0; s < vertex.parallelism; ++s) {
      const part& of = parts_[v][s];
      completed_subtask& subtask = to.subtasks.emplace_back();
      if (of.finished) {
        subtask.progress = subtask_progress::finished;
        if (const completed_subtask* then = find_subtask(before, vertex.id, s))
          subtask.chain = then->chain;
        continue;
      }
      subtask.chain = of.chain;
      if (!of.chain.empty())
        completed.written_size += of.chain.back().size;
    }
  }
  return completed;
}

const completed_subtask* find_subtask(const completed_checkpoint* in, const operator_id& vertex,
                                      std::uint32_t subtask) {
  if (in == nullptr)
    return nullptr;
  auto found = std::ranges::find(in->vertices, vertex, &completed_vertex::id);
  return found == in->vertices.end() || subtask >= found->subtasks.size() ? nullptr
                                                                          : &found->subtasks[subtask];
}

std::optional<std::vector<snapshot_handle>> extend_chain(const completed_subtask* base,
                                                         const snapshot_handle& state) {
  if (state.path.empty())
    return std::vector<snapshot_handle>{};
  if (state.base == 0)
    return std::vector{state};
  if (base == nullptr || base->chain.empty())
    return std::nullopt;
  std::vector<snapshot_handle> chain = base->chain;
  chain.push_back(state);
  return chain;
}

} // namespace weir
