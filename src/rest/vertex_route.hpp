#pragma once

#include "rest/rest_router.hpp"
#include "rest/rest_services.hpp"
#include "scheduler/job_status.hpp"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace weir {

/// A request for something of one vertex, once that was found.
struct vertex_call {
  const rest_call& call;
  const job_vertex& vertex;
  const std::vector<const subtask_status*>& subtasks;
  std::int64_t now; ///< wall time in milliseconds
};

using vertex_view = std::function<http_response(const vertex_call&)>;

/// Adds a path below "/jobs/:jobid/vertices/:vertexid". Answers 404 for an unknown job or vertex itself.
void add_vertex_view(rest_router& router, const rest_services& services, std::string_view below,
                     vertex_view view);

/// The subtask that the path names by ":subtask", and ":attempt" where it has that; nullptr where there is
/// none.
const subtask_status* named_subtask(const vertex_call& of);

/// 404 for what named_subtask did not find.
http_response unknown_subtask(const vertex_call& of);

} // namespace weir
