#include "rest/vertex_route.hpp"

#include "rest/answers.hpp"
#include "rest/job_route.hpp"
#include "rest/job_view.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace weir {
namespace {

http_response answer_for(const job_details& job, const std::string& vertex_id, const rest_call& call,
                         const vertex_view& view, std::int64_t now) {
  if (job.graph) {
    const auto& vertices = job.graph->vertices;
    auto found = std::ranges::find(vertices, vertex_id, [](const job_vertex& v) { return to_string(v.id); });
    if (found != vertices.end())
      return view({call, *found, subtasks_of(job, static_cast<std::size_t>(found - vertices.begin())), now});
  }
  return error_answer(404, "Vertex " + vertex_id + " of job " + to_string(job.summary.id) + " not found");
}

} // namespace

void add_vertex_view(rest_router& router, const rest_services& services, std::string_view below,
                     vertex_view view) {
  auto handle = [&services, view = std::move(view)](const rest_call& call, const http_reply& reply) {
    auto vertex = path_id(call, "vertexid");
    if (!vertex)
      return reply(error_answer(vertex.failure()));
    with_job(services, call, reply,
             [&services, view, reply, call, vertex = to_string(*vertex)](const job_details& job) {
               reply(answer_for(job, vertex, call, view, services.clock.wall_ms()));
             });
  };
  router.add("GET", "/jobs/:jobid/vertices/:vertexid" + std::string{below}, std::move(handle));
}

const subtask_status* named_subtask(const vertex_call& of) {
  const auto& path = of.call.path;
  auto attempt = path.find("attempt");
  for (const subtask_status* each : of.subtasks)
    if (std::to_string(each->attempt.subtask) == path.at("subtask") &&
        (attempt == path.end() || std::to_string(each->attempt.number) == attempt->second))
      return each;
  return nullptr;
}

http_response unknown_subtask(const vertex_call& of) {
  auto attempt = of.call.path.find("attempt");
  return error_answer(404, "Subtask " + of.call.path.at("subtask") +
                               (attempt == of.call.path.end() ? "" : ", attempt " + attempt->second) +
                               " of vertex " + to_string(of.vertex.id) + " not found");
}

} // namespace weir
