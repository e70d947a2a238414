#include "rest/subtask_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace weir {
namespace {

using nlohmann::json;

constexpr std::array all_states{task_state::created,      task_state::scheduled, task_state::deploying,
                                task_state::initializing, task_state::running,   task_state::finished,
                                task_state::canceling,    task_state::canceled,  task_state::failed};

std::int64_t entered(const subtask_status& subtask, task_state state) {
  auto at = subtask.entered_wall_ms.find(state);
  return at == subtask.entered_wall_ms.end() ? 0 : at->second;
}

std::int64_t ended(const subtask_status& subtask) {
  if (!is_terminal(subtask.state))
    return -1;
  return entered(subtask, subtask.state);
}

/// Milliseconds in each state so far, -1 for those never entered.
std::map<task_state, std::int64_t> state_durations(const subtask_status& subtask, std::int64_t now) {
  std::vector<std::pair<std::int64_t, task_state>> order;
  for (auto [state, at] : subtask.entered_wall_ms)
    order.emplace_back(at, state);
  std::ranges::sort(order);
  std::map<task_state, std::int64_t> durations;
  for (task_state state : all_states)
    if (!is_terminal(state))
      durations[state] = -1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto [at, state] = order[i];
    if (!is_terminal(state))
      durations[state] = std::max<std::int64_t>(0, (i + 1 < order.size() ? order[i + 1].first : now) - at);
  }
  return durations;
}

json state_durations_json(const subtask_status& subtask, std::int64_t now) {
  json object = json::object();
  for (auto [state, duration] : state_durations(subtask, now))
    object[std::string{to_string(state)}] = duration;
  return object;
}

/// Nearest-rank percentile of sorted values.
double percentile(const std::vector<double>& sorted, double rank) {
  auto index = static_cast<std::size_t>(rank * static_cast<double>(sorted.size() - 1) + 0.5);
  return sorted[index];
}

json statistics_json(std::vector<double> values) {
  std::ranges::sort(values);
  double total = 0;
  for (double value : values)
    total += value;
  return {{"min", values.front()},
          {"max", values.back()},
          {"avg", total / static_cast<double>(values.size())},
          {"sum", total},
          {"median", percentile(values, 0.5)},
          {"p25", percentile(values, 0.25)},
          {"p75", percentile(values, 0.75)},
          {"p95", percentile(values, 0.95)}};
}

} // namespace

run_times times_of(const subtask_status& subtask, std::int64_t now) {
  const subtask_status* one[] = {&subtask};
  return times_of(one, now);
}

run_times times_of(std::span<const subtask_status* const> group, std::int64_t now) {
  run_times times;
  bool all_ended = !group.empty();
  for (const subtask_status* subtask : group) {
    std::int64_t start = entered(*subtask, task_state::deploying);
    if (start > 0 && (times.start_wall_ms < 0 || start < times.start_wall_ms))
      times.start_wall_ms = start;
    times.end_wall_ms = std::max(times.end_wall_ms, ended(*subtask));
    all_ended = all_ended && is_terminal(subtask->state);
  }
  if (!all_ended)
    times.end_wall_ms = -1;
  if (times.start_wall_ms > 0)
    times.duration_ms =
        std::max<std::int64_t>(0, (times.end_wall_ms > 0 ? times.end_wall_ms : now) - times.start_wall_ms);
  return times;
}

task_state aggregate_state(std::span<const subtask_status* const> group) {
  if (group.empty())
    return task_state::created;
  auto has = [&](task_state state) {
    return std::ranges::any_of(group, [&](const subtask_status* subtask) { return subtask->state == state; });
  };
  for (task_state worst : {task_state::failed, task_state::canceling, task_state::canceled,
                           task_state::initializing, task_state::running})
    if (has(worst))
      return worst;
  auto least = *std::ranges::min_element(group, {}, &subtask_status::state);
  if (has(task_state::finished) && least->state != task_state::finished)
    return task_state::running;
  return least->state;
}

task_metrics sum(std::span<const subtask_status* const> group) {
  task_metrics total;
  for (const subtask_status* subtask : group) {
    const task_metrics& one = subtask->metrics;
    total.records_in += one.records_in;
    total.records_out += one.records_out;
    total.bytes_in += one.bytes_in;
    total.bytes_out += one.bytes_out;
    total.busy_ms += one.busy_ms;
    total.idle_ms += one.idle_ms;
    total.backpressured_ms += one.backpressured_ms;
  }
  return total;
}

json state_counts_json(std::span<const subtask_status* const> group) {
  json counts{{"RECONCILING", 0}};
  for (task_state state : all_states)
    counts[std::string{to_string(state)}] = std::ranges::count(group, state, &subtask_status::state);
  return counts;
}

void add_times(json& object, const run_times& times) {
  object["start-time"] = times.start_wall_ms;
  object["end-time"] = times.end_wall_ms;
  object["duration"] = times.duration_ms;
}

json metrics_json(const task_metrics& metrics) {
  return {{"read-bytes", metrics.bytes_in},
          {"read-bytes-complete", true},
          {"write-bytes", metrics.bytes_out},
          {"write-bytes-complete", true},
          {"read-records", metrics.records_in},
          {"read-records-complete", true},
          {"write-records", metrics.records_out},
          {"write-records-complete", true},
          {"accumulated-backpressured-time", metrics.backpressured_ms},
          {"accumulated-idle-time", metrics.idle_ms},
          {"accumulated-busy-time", static_cast<double>(metrics.busy_ms)}};
}

json timestamps_json(const subtask_status& subtask) {
  json object{{"RECONCILING", 0}};
  for (task_state state : all_states)
    object[std::string{to_string(state)}] = entered(subtask, state);
  return object;
}

json subtask_json(const subtask_status& subtask, std::int64_t now) {
  json object{{"subtask", subtask.attempt.subtask},
              {"status", to_string(subtask.state)},
              {"attempt", subtask.attempt.number},
              {"attempt-id", to_string(subtask.attempt)},
              {"host", subtask.host},
              {"endpoint", subtask.host},
              {"metrics", metrics_json(subtask.metrics)},
              {"taskmanager-id", subtask.worker.empty() ? "(unassigned)" : subtask.worker},
              {"status-duration", state_durations_json(subtask, now)}};
  add_times(object, times_of(subtask, now));
  return object;
}

json aggregated_json(std::span<const subtask_status* const> group, std::int64_t now) {
  std::map<std::string, std::vector<double>> metrics;
  std::map<std::string, std::vector<double>> durations;
  for (const subtask_status* subtask : group) {
    json one = metrics_json(subtask->metrics);
    for (const auto& [name, value] : one.items())
      if (value.is_number())
        metrics[name].push_back(value.get<double>());
    for (auto [state, duration] : state_durations(*subtask, now))
      if (duration >= 0)
        durations[std::string{to_string(state)}].push_back(static_cast<double>(duration));
  }
  json object{{"metrics", json::object()}, {"status-duration", json::object()}};
  for (auto& [name, values] : metrics)
    object["metrics"][name] = statistics_json(std::move(values));
  for (auto& [name, values] : durations)
    object["status-duration"][name] = statistics_json(std::move(values));
  return object;
}

} // namespace weir
