#include "rest/answers.hpp"
#include "rest/job_view.hpp"
#include "rest/rest_services.hpp"
#include "rest/subtask_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace weir {
namespace {

using nlohmann::json;
using subtask_group = std::vector<const subtask_status*>;

/// The JSON that a path gives of one vertex.
using vertex_view = json (*)(const job_vertex& vertex, const subtask_group& subtasks, std::int64_t now);

json header_json(const job_vertex& vertex, std::int64_t now) {
  return {{"id", to_string(vertex.id)}, {"name", vertex.name}, {"now", now}};
}

json details_json(const job_vertex& vertex, const subtask_group& subtasks, std::int64_t now) {
  json object = header_json(vertex, now);
  object["parallelism"] = vertex.parallelism;
  object["maxParallelism"] = vertex.max_parallelism;
  object["aggregated"] = aggregated_json(subtasks, now);
  object["subtasks"] = json::array();
  for (const subtask_status* subtask : subtasks)
    object["subtasks"].push_back(subtask_json(*subtask, now));
  return object;
}

json subtask_times_json(const job_vertex& vertex, const subtask_group& subtasks, std::int64_t now) {
  json object = header_json(vertex, now);
  object["subtasks"] = json::array();
  for (const subtask_status* subtask : subtasks)
    object["subtasks"].push_back({{"subtask", subtask->attempt.subtask},
                                  {"host", subtask->host},
                                  {"endpoint", subtask->host},
                                  {"duration", times_of(*subtask, now).duration_ms},
                                  {"timestamps", timestamps_json(*subtask)}});
  return object;
}

json workers_json(const job_vertex& vertex, const subtask_group& subtasks, std::int64_t now) {
  std::map<std::string, subtask_group> by_worker;
  for (const subtask_status* subtask : subtasks)
    by_worker[subtask->worker.empty() ? "(unassigned)" : subtask->worker].push_back(subtask);
  json object = header_json(vertex, now);
  object["taskmanagers"] = json::array();
  for (const auto& [worker, group] : by_worker) {
    json entry{{"host", group.front()->host},
               {"endpoint", group.front()->host},
               {"status", to_string(aggregate_state(group))},
               {"metrics", metrics_json(sum(group))},
               {"status-counts", state_counts_json(group)},
               {"taskmanager-id", worker},
               {"aggregated", aggregated_json(group, now)}};
    add_times(entry, times_of(group, now));
    object["taskmanagers"].push_back(std::move(entry));
  }
  return object;
}

http_response answer_for(const job_details& job, const std::string& vertex_id, vertex_view view,
                         std::int64_t now) {
  if (job.graph) {
    const auto& vertices = job.graph->vertices;
    auto found = std::ranges::find(vertices, vertex_id, [](const job_vertex& v) { return to_string(v.id); });
    if (found != vertices.end())
      return json_answer(
          view(*found, subtasks_of(job, static_cast<std::size_t>(found - vertices.begin())), now));
  }
  return error_answer(404, "Vertex " + vertex_id + " of job " + to_string(job.summary.id) + " not found");
}

void add_view(rest_router& router, const rest_services& services, std::string_view pattern,
              vertex_view view) {
  router.add("GET", pattern, [&services, view](const rest_call& call, const http_reply& reply) {
    auto id = path_id(call, "jobid");
    if (!id)
      return reply(error_answer(id.failure()));
    job_id job{*id};
    auto vertex = path_id(call, "vertexid");
    if (!vertex)
      return reply(error_answer(vertex.failure()));
    services.gateway.job(
        job, [&services, view, reply, job, vertex = to_string(*vertex)](result<job_details> found) {
          if (found)
            return reply(answer_for(*found, vertex, view, services.clock.wall_ms()));
          reply(found.failure().code() == errc::not_found
                    ? error_answer(404, "Job " + to_string(job) + " not found")
                    : error_answer(found.failure()));
        });
  });
}

} // namespace

void add_vertex_handlers(rest_router& router, const rest_services& services) {
  add_view(router, services, "/jobs/:jobid/vertices/:vertexid", details_json);
  add_view(router, services, "/jobs/:jobid/vertices/:vertexid/subtasktimes", subtask_times_json);
  add_view(router, services, "/jobs/:jobid/vertices/:vertexid/taskmanagers", workers_json);
}

} // namespace weir
