#include "rest/job_diagnosis.hpp"

#include "rest/subtask_view.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace weir {
namespace {

/// Below this share of its time a task is not worth naming.
constexpr double noticeable = 0.1;

struct shares {
  double busy = 0;
  double backpressured = 0;
};

shares shares_of(const task_metrics& metrics) {
  auto total = static_cast<double>(metrics.busy_ms + metrics.idle_ms + metrics.backpressured_ms);
  if (total <= 0)
    return {};
  return {static_cast<double>(metrics.busy_ms) / total,
          static_cast<double>(metrics.backpressured_ms) / total};
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

std::string name_of(const job_details& job, const subtask_status& subtask) {
  const job_vertex& vertex = job.graph->vertices[subtask.attempt.vertex];
  return vertex.name + " (" + std::to_string(subtask.attempt.subtask + 1) + "/" +
         std::to_string(vertex.parallelism) + ")";
}

/// The subtask of a vertex with the largest share, if there is any.
const subtask_status* extreme(const std::vector<subtask_status>& subtasks, double shares::*share) {
  auto found = std::ranges::max_element(
      subtasks, {}, [&](const subtask_status& subtask) { return shares_of(subtask.metrics).*share; });
  return found == subtasks.end() ? nullptr : &*found;
}

void explain_missing_slots(std::vector<std::string>& lines, const job_details& job,
                           std::span<const job_summary> jobs, std::span<const worker_status> workers) {
  if (workers.empty()) {
    lines.push_back("No worker is registered: start one with weir-node --role=worker --master=HOST:PORT.");
    return;
  }
  std::size_t total = 0;
  std::size_t available = 0;
  std::map<job_id, std::size_t> held;
  for (const worker_status& worker : workers)
    for (const slot_status& slot : worker.slots) {
      ++total;
      if (slot.free)
        ++available;
      else
        ++held[slot.job];
    }
  lines.push_back(std::to_string(available) + " of " + std::to_string(total) + " slots are free, on " +
                  std::to_string(workers.size()) + (workers.size() == 1 ? " worker." : " workers."));
  for (const auto& [holder, count] : held) {
    if (holder == job.summary.id)
      continue;
    auto summary = std::ranges::find(jobs, holder, &job_summary::id);
    std::string name = summary == jobs.end() ? "" : " (" + summary->name + ")";
    lines.push_back("Job " + to_string(holder) + name + " holds " + std::to_string(count) + ".");
  }
}

void explain_failure(std::vector<std::string>& lines, const job_details& job) {
  if (job.failures.empty())
    return;
  const failure_record& first = job.failures.back();
  std::string where =
      first.task.empty() ? "" : first.task + (first.worker.empty() ? "" : " on " + first.worker) + ": ";
  lines.push_back(where + first.cause);
}

void explain_tasks_in(std::vector<std::string>& lines, const job_details& job, bool (*waits)(task_state)) {
  constexpr std::size_t shown_max = 10;
  std::size_t count = 0;
  for (const auto& subtasks : job.vertices)
    for (const subtask_status& subtask : subtasks) {
      if (!waits(subtask.state))
        continue;
      if (++count <= shown_max)
        lines.push_back(name_of(job, subtask) + " is " + std::string{to_string(subtask.state)} +
                        (subtask.worker.empty() ? "." : " on " + subtask.worker + "."));
    }
  if (count > shown_max)
    lines.push_back("So are " + std::to_string(count - shown_max) + " more.");
}

std::optional<std::uint32_t> most_held_up_vertex(const job_details& job) {
  std::optional<std::uint32_t> found;
  double most = noticeable;
  for (std::uint32_t i = 0; i < job.vertices.size(); ++i) {
    const subtask_status* subtask = extreme(job.vertices[i], &shares::backpressured);
    // On equal shares the first one counts, which is nearest to the source.
    if (subtask && shares_of(subtask->metrics).backpressured > most) {
      most = shares_of(subtask->metrics).backpressured;
      found = i;
    }
  }
  return found;
}

/// The consumer that is itself most held up, else the busiest one.
std::optional<std::uint32_t> next_vertex(const job_details& job, std::uint32_t from) {
  std::optional<std::uint32_t> next;
  double most = -1;
  for (const job_edge& edge : job.graph->edges) {
    if (edge.from_vertex != from)
      continue;
    const subtask_status* busy = extreme(job.vertices[edge.to_vertex], &shares::busy);
    const subtask_status* held = extreme(job.vertices[edge.to_vertex], &shares::backpressured);
    if (!busy || !held)
      continue;
    double share = std::max(shares_of(busy->metrics).busy, shares_of(held->metrics).backpressured);
    if (share > most) {
      most = share;
      next = edge.to_vertex;
    }
  }
  return next;
}

void explain_where_time_goes(std::vector<std::string>& lines, const job_details& job) {
  auto vertex = most_held_up_vertex(job);
  bool held_up = vertex.has_value();
  // Edges lead to later vertices only, so this ends.
  while (vertex) {
    const subtask_status* held = extreme(job.vertices[*vertex], &shares::backpressured);
    double share = shares_of(held->metrics).backpressured;
    if (share <= noticeable)
      break;
    lines.push_back(name_of(job, *held) + " is held up by what it writes to (" + percent(share) +
                    " of its time).");
    auto next = next_vertex(job, *vertex);
    if (!next)
      return;
    vertex = next;
  }
  const subtask_status* busiest = nullptr;
  if (vertex) {
    busiest = extreme(job.vertices[*vertex], &shares::busy);
  } else {
    for (const auto& subtasks : job.vertices) {
      const subtask_status* candidate = extreme(subtasks, &shares::busy);
      if (candidate && (!busiest || shares_of(candidate->metrics).busy > shares_of(busiest->metrics).busy))
        busiest = candidate;
    }
  }
  if (!busiest)
    return;
  double share = shares_of(busiest->metrics).busy;
  if (share > noticeable)
    lines.push_back(name_of(job, *busiest) + " is busy (" + percent(share) + " of its time)" +
                    (held_up ? ": it is what the others wait for." : "."));
  else
    lines.push_back("All tasks are idle: the sources have nothing to read.");
}

} // namespace

std::vector<std::string> diagnose(const job_details& job, std::span<const job_summary> jobs,
                                  std::span<const worker_status> workers) {
  std::vector<std::string> lines{"The job is " + std::string{to_string(job.summary.state)} + "."};
  switch (job.summary.state) {
  case job_state::failed:
  case job_state::failing:
    explain_failure(lines, job);
    return lines;
  case job_state::finished:
  case job_state::canceled:
    return lines;
  default:
    break;
  }
  if (!job.waiting_for.empty()) {
    lines.push_back("It waits: " + job.waiting_for + ".");
    explain_missing_slots(lines, job, jobs, workers);
    return lines;
  }
  if (!job.graph)
    return lines;
  if (job.summary.state == job_state::cancelling) {
    explain_tasks_in(lines, job, [](task_state state) { return !is_terminal(state); });
    return lines;
  }
  std::size_t before = lines.size();
  explain_tasks_in(lines, job, [](task_state state) { return state < task_state::running; });
  if (lines.size() == before)
    explain_where_time_goes(lines, job);
  return lines;
}

} // namespace weir
