#include "scheduler/failover_regions.hpp"

#include <map>
#include <numeric>
#include <utility>

namespace weir {

namespace {

/// Sets of subtasks, by their number over all vertices: each begins alone.
class joined_sets {
public:
  explicit joined_sets(std::uint32_t count) : leader_(count) {
    std::iota(leader_.begin(), leader_.end(), 0u);
  }

  std::uint32_t leader(std::uint32_t of) {
    while (leader_[of] != of)
      of = leader_[of] = leader_[leader_[of]];
    return of;
  }

  void join(std::uint32_t one, std::uint32_t other) { leader_[leader(other)] = leader(one); }

private:
  std::vector<std::uint32_t> leader_;
};

} // namespace

failover_regions failover_regions::pipelined(const job_graph& graph) {
  std::vector<std::uint32_t> first{0}; // number of the first subtask of each vertex
  for (const job_vertex& vertex : graph.vertices)
    first.push_back(first.back() + vertex.parallelism);
  joined_sets sets{first.back()};
  for (const job_edge& edge : graph.edges)
    for (std::uint32_t producer = 0; producer < graph.vertices[edge.from_vertex].parallelism; ++producer)
      for (std::uint32_t consumer : consumers_of(graph, edge, producer))
        sets.join(first[edge.from_vertex] + producer, first[edge.to_vertex] + consumer);

  failover_regions regions;
  std::map<std::uint32_t, std::uint32_t> region_of_leader;
  for (std::uint32_t v = 0; v < graph.vertices.size(); ++v) {
    auto& row = regions.region_of_.emplace_back();
    for (std::uint32_t s = 0; s < graph.vertices[v].parallelism; ++s) {
      auto [region, is_new] = region_of_leader.emplace(sets.leader(first[v] + s), regions.size());
      if (is_new)
        regions.members_.emplace_back();
      row.push_back(region->second);
      regions.members_[region->second].push_back({v, s});
    }
  }
  return regions;
}

failover_regions failover_regions::whole(const job_graph& graph) {
  failover_regions regions;
  regions.members_.emplace_back();
  for (std::uint32_t v = 0; v < graph.vertices.size(); ++v) {
    regions.region_of_.emplace_back(graph.vertices[v].parallelism, 0u);
    for (std::uint32_t s = 0; s < graph.vertices[v].parallelism; ++s)
      regions.members_[0].push_back({v, s});
  }
  return regions;
}

} // namespace weir
