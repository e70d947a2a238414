#include "scheduler/restored_state.hpp"

#include <algorithm>

namespace weir {

namespace {

std::vector<std::vector<std::string>> paths_of(const completed_vertex& vertex) {
  std::vector<std::vector<std::string>> chains;
  for (const completed_subtask& subtask : vertex.subtasks) {
    auto& paths = chains.emplace_back();
    for (const snapshot_handle& file : subtask.chain)
      paths.push_back(file.path);
  }
  return chains;
}

} // namespace

restored_state restored_state_of(const job_vertex& vertex, const completed_checkpoint* from) {
  restored_state restored;
  if (from == nullptr)
    return restored;
  restored.checkpoint = from->id;
  for (const job_operator& each : vertex.operators) {
    auto had = std::ranges::find_if(from->vertices, [&](const completed_vertex& candidate) {
      return std::ranges::find(candidate.operators, each.id) != candidate.operators.end();
    });
    if (had != from->vertices.end())
      restored.operators.push_back({each.id, paths_of(*had)});
  }
  return restored;
}

} // namespace weir
