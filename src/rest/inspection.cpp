#include "rest/inspection.hpp"

#include "rest/job_view.hpp"
#include "rest/plan_json.hpp"
#include "rest/subtask_view.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace weir {
namespace {

using nlohmann::json;

/// Takes `prefix` and a number off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return std::nullopt;
  std::uint32_t value = 0;
  const char* begin = text.data() + prefix.size();
  auto [end, problem] = std::from_chars(begin, text.data() + text.size(), value);
  if (problem != std::errc{} || end == begin)
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

json entry_json(const job_details& job, const subtask_status& subtask, std::int64_t now) {
  json entry = subtask_json(subtask, now);
  entry["job"] = to_string(job.summary.id);
  entry["id"] = to_string(subtask.attempt);
  entry["vertex"] = subtask.attempt.vertex;
  if (job.graph && subtask.attempt.vertex < job.graph->vertices.size()) {
    const job_vertex& vertex = job.graph->vertices[subtask.attempt.vertex];
    entry["name"] = vertex.name + " (" + std::to_string(subtask.attempt.subtask + 1) + "/" +
                    std::to_string(vertex.parallelism) + ")";
    entry["vertex-id"] = to_string(vertex.id);
  }
  return entry;
}

} // namespace

std::optional<task_name> parse_task_name(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos)
    return std::nullopt;
  task_name name{job_id{parse_random_id(text.substr(0, slash))}, 0, 0};
  text.remove_prefix(slash);
  auto vertex = take_number(text, "/v");
  auto subtask = take_number(text, "/s");
  if (!name.job || !vertex || !subtask || (!text.empty() && !text.starts_with('/')))
    return std::nullopt;
  name.vertex = *vertex;
  name.subtask = *subtask;
  return name;
}

json task_list_json(const job_details& job, std::int64_t now) {
  json tasks = json::array();
  for (const auto& subtasks : job.vertices)
    for (const subtask_status& subtask : subtasks)
      tasks.push_back(entry_json(job, subtask, now));
  return {{"tasks", std::move(tasks)}};
}

result<json> task_json(const job_details& job, const task_name& name, std::int64_t now) {
  if (name.vertex >= job.vertices.size() || name.subtask >= job.vertices[name.vertex].size())
    return error{errc::not_found, "Job " + to_string(name.job) + " has no subtask " +
                                      std::to_string(name.subtask) + " of vertex " +
                                      std::to_string(name.vertex) + "."};
  json entry = entry_json(job, job.vertices[name.vertex][name.subtask], now);
  entry["actor"] = "task";
  entry["timestamps"] = timestamps_json(job.vertices[name.vertex][name.subtask]);
  if (job.graph) {
    json plan = plan_json(*job.graph, name.job);
    const json& node = plan["plan"]["nodes"][name.vertex];
    entry["chain"] = node["chain"];
    if (node.contains("inputs"))
      entry["inputs"] = node["inputs"];
  }
  return entry;
}

} // namespace weir
