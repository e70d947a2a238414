#include "rest/answers.hpp"
#include "rest/rest_services.hpp"
#include "rest/subtask_view.hpp"
#include "rest/vertex_route.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir {
namespace {

using nlohmann::json;
using subtask_group = std::vector<const subtask_status*>;

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

} // namespace

void add_vertex_handlers(rest_router& router, const rest_services& services) {
  auto add = [&](std::string_view below,
                 json (*view)(const job_vertex&, const subtask_group&, std::int64_t)) {
    add_vertex_view(router, services, below, [view](const vertex_call& of) {
      return json_answer(view(of.vertex, of.subtasks, of.now));
    });
  };
  add("", details_json);
  add("/subtasktimes", subtask_times_json);
  add("/taskmanagers", workers_json);

  auto one_subtask = [](const vertex_call& of) {
    const subtask_status* subtask = named_subtask(of);
    return subtask ? json_answer(subtask_json(*subtask, of.now)) : unknown_subtask(of);
  };
  add_vertex_view(router, services, "/subtasks/:subtask", one_subtask);
  add_vertex_view(router, services, "/subtasks/:subtask/attempts/:attempt", one_subtask);
}

} // namespace weir
