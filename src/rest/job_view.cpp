#include "rest/job_view.hpp"

#include "rest/answers.hpp"
#include "rest/metric_view.hpp"
#include "rest/plan_json.hpp"
#include "rest/subtask_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

constexpr std::array all_job_states{job_state::initializing, job_state::created,  job_state::running,
                                    job_state::failing,      job_state::failed,   job_state::cancelling,
                                    job_state::canceled,     job_state::finished, job_state::restarting};

/// Names of the overview's counts, which are in lower case only there.
constexpr std::array<std::pair<task_state, const char*>, 9> task_names{{
    {task_state::created, "created"},
    {task_state::scheduled, "scheduled"},
    {task_state::deploying, "deploying"},
    {task_state::initializing, "initializing"},
    {task_state::running, "running"},
    {task_state::finished, "finished"},
    {task_state::canceling, "canceling"},
    {task_state::canceled, "canceled"},
    {task_state::failed, "failed"},
}};

std::int64_t duration_of(const job_summary& job, std::int64_t now) {
  return std::max<std::int64_t>(0, (job.end_wall_ms >= 0 ? job.end_wall_ms : now) - job.start_wall_ms);
}

json timestamps_of(const job_details& job) {
  json times{{"SUSPENDED", 0}, {"RECONCILING", 0}};
  for (job_state state : all_job_states) {
    auto at = job.entered_wall_ms.find(state);
    times[std::string{to_string(state)}] = at == job.entered_wall_ms.end() ? 0 : at->second;
  }
  return times;
}

json vertex_json(const job_vertex& vertex, const std::vector<const subtask_status*>& subtasks,
                 std::int64_t now) {
  json object{{"id", to_string(vertex.id)},
              {"slotSharingGroupId", vertex.slot_sharing_group},
              {"name", vertex.name},
              {"maxParallelism", vertex.max_parallelism},
              {"parallelism", vertex.parallelism},
              {"status", to_string(aggregate_state(subtasks))},
              {"tasks", state_counts_json(subtasks)},
              {"metrics", metrics_json(sum(subtasks))}};
  add_times(object, times_of(subtasks, now));
  return object;
}

/// What a person would call the failure: the outermost sentence of its chain.
std::string title_of(const std::string& cause) {
  return cause.substr(0, cause.find('\n'));
}

json nullable(const std::string& text) {
  return text.empty() ? json() : json(text);
}

} // namespace

std::vector<const subtask_status*> subtasks_of(const job_details& job, std::size_t vertex) {
  std::vector<const subtask_status*> subtasks;
  if (vertex < job.vertices.size())
    for (const subtask_status& subtask : job.vertices[vertex])
      subtasks.push_back(&subtask);
  return subtasks;
}

json overview_entry_json(const job_summary& job, std::int64_t now) {
  json tasks{{"reconciling", 0}};
  std::uint32_t total = 0;
  for (auto [state, name] : task_names) {
    auto count = job.tasks.find(state);
    std::uint32_t in_state = count == job.tasks.end() ? 0 : count->second;
    tasks[name] = in_state;
    total += in_state;
  }
  tasks["total"] = total;
  return {{"jid", to_string(job.id)},
          {"name", job.name},
          {"state", to_string(job.state)},
          {"start-time", job.start_wall_ms},
          {"end-time", job.end_wall_ms},
          {"duration", duration_of(job, now)},
          {"last-modification", job.last_modified_wall_ms},
          {"tasks", std::move(tasks)}};
}

json job_json(const job_details& job, std::int64_t now) {
  json object{{"jid", to_string(job.summary.id)},
              {"name", job.summary.name},
              {"isStoppable", false},
              {"state", to_string(job.summary.state)},
              {"job-type", "STREAMING"},
              {"start-time", job.summary.start_wall_ms},
              {"end-time", job.summary.end_wall_ms},
              {"duration", duration_of(job.summary, now)},
              {"maxParallelism", -1},
              {"now", now},
              {"timestamps", timestamps_of(job)},
              {"vertices", json::array()},
              {"plan", json::object()},
              {"waiting-for", job.waiting_for},
              {"restarts", job.summary.restarts},
              {"newest-failure", job.failures.empty() ? "" : job.failures.front().cause},
              {"newest-failure-time", job.failures.empty() ? -1 : job.failures.front().wall_ms}};
  json counts{{"RECONCILING", 0}};
  for (auto [state, name] : task_names)
    counts[std::string{to_string(state)}] = 0;
  if (job.graph) {
    for (std::size_t i = 0; i < job.graph->vertices.size(); ++i) {
      json vertex = vertex_json(job.graph->vertices[i], subtasks_of(job, i), now);
      auto& count = counts[vertex["status"].get<std::string>()];
      count = count.get<int>() + 1;
      object["vertices"].push_back(std::move(vertex));
    }
    object["plan"] = plan_json(*job.graph, job.summary.id)["plan"];
  }
  object["status-counts"] = std::move(counts);
  return object;
}

json config_json(const job_details& job) {
  std::uint32_t parallelism = job.spec.parallelism;
  if (parallelism == 0 && job.graph)
    for (const job_vertex& vertex : job.graph->vertices)
      parallelism = std::max(parallelism, vertex.parallelism);
  json user_config = json::object();
  for (const auto& [key, value] : job.spec.configuration)
    user_config[key] = value;
  return {{"jid", to_string(job.summary.id)},
          {"name", job.summary.name},
          {"execution-config",
           {{"execution-mode", "PIPELINED"},
            {"restart-strategy", job.restart_strategy},
            {"job-parallelism", parallelism},
            {"object-reuse-mode", true},
            {"user-config", std::move(user_config)}}},
          {"library", {{"name", job.spec.library_name}, {"sha256", job.spec.library_hash}}},
          {"function", job.spec.function},
          {"arguments", job.spec.arguments}};
}

json exceptions_json(const job_details& job, std::size_t most) {
  bool truncated = job.failures.size() > most;
  json entries = json::array();
  json all = json::array();
  for (std::size_t i = 0; i < std::min(most, job.failures.size()); ++i) {
    const failure_record& failure = job.failures[i];
    entries.push_back({{"exceptionName", title_of(failure.cause)},
                       {"stacktrace", failure.cause},
                       {"timestamp", failure.wall_ms},
                       {"taskName", nullable(failure.task)},
                       {"location", nullable(failure.worker)},
                       {"endpoint", nullable(failure.worker)},
                       {"taskManagerId", nullable(failure.worker)},
                       {"failureLabels", json::object()},
                       {"concurrentExceptions", json::array()}});
    all.push_back({{"exception", failure.cause},
                   {"task", failure.task},
                   {"location", failure.worker},
                   {"timestamp", failure.wall_ms},
                   {"taskManagerId", failure.worker}});
  }
  bool any = !job.failures.empty();
  return {{"root-exception", any ? json(job.failures.front().cause) : json()},
          {"timestamp", any ? json(job.failures.front().wall_ms) : json()},
          {"all-exceptions", std::move(all)},
          {"truncated", truncated},
          {"exceptionHistory", {{"entries", std::move(entries)}, {"truncated", truncated}}}};
}

json failure_cause_json(const job_details& job) {
  return job.failures.empty() ? json() : failure_cause_json(job.failures.front().cause);
}

json failure_cause_json(const std::string& cause) {
  return {{"class", title_of(cause)}, {"stack-trace", cause}, {"serialized-throwable", ""}};
}

json execution_result_json(const job_details& job) {
  if (!is_terminal(job.summary.state))
    return {{"status", {{"id", "IN_PROGRESS"}}}};
  json accumulators = json::object();
  for (const task_result& result : job.results)
    accumulators[result.name] = to_base64(result.value);
  const char* status = "UNKNOWN";
  switch (job.summary.state) {
  case job_state::finished:
    status = "SUCCEEDED";
    break;
  case job_state::canceled:
    status = "CANCELED";
    break;
  case job_state::failed:
    status = "FAILED";
    break;
  default:
    break;
  }
  json outcome{{"id", to_string(job.summary.id)},
               {"name", job.summary.name},
               {"application-status", status},
               {"accumulator-results", std::move(accumulators)},
               {"start-time", job.summary.start_wall_ms},
               {"end-time", job.summary.end_wall_ms},
               {"net-runtime", duration_of(job.summary, job.summary.start_wall_ms)},
               {"user-accumulators", user_accumulators_json(job)}};
  if (job.summary.state == job_state::failed)
    outcome["failure-cause"] = failure_cause_json(job);
  return {{"status", {{"id", "COMPLETED"}}}, {"job-execution-result", std::move(outcome)}};
}

json accumulators_json(const job_details& job, bool with_serialized_values) {
  json user = json::array();
  json serialized = json::object();
  for (const task_result& result : job.results) {
    user.push_back({{"name", result.name}, {"type", "String"}, {"value", result.value}});
    if (with_serialized_values)
      serialized[result.name] = to_base64(result.value);
  }
  for (json& each : user_accumulators_json(job)) {
    const auto& name = each["name"].get_ref<const std::string&>();
    if (with_serialized_values && !serialized.contains(name))
      serialized[name] = to_base64(each["value"].get_ref<const std::string&>());
    user.push_back(std::move(each));
  }
  return {{"job-accumulators", json::array()},
          {"user-task-accumulators", std::move(user)},
          {"serialized-user-task-accumulators", std::move(serialized)}};
}

} // namespace weir
