#include "task/task_channels.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace weir {

namespace {

error misfit(const std::string& what) {
  return error{errc::invalid_argument, "the deployment does not fit the job graph: " + what};
}

std::string edge_name(const job_graph& graph, std::uint32_t edge) {
  const job_edge& of = graph.edges[edge];
  return "edge " + std::to_string(edge) + " (" + graph.vertices[of.from_vertex].name + " to " +
         graph.vertices[of.to_vertex].name + ")";
}

/// Attempts at the other end by edge and subtask.
template <class Peer>
using peers = std::map<std::pair<std::uint32_t, std::uint32_t>, const Peer*>;

template <class Peer>
peers<Peer> by_subtask(const job_graph& graph, const std::vector<Peer>& all,
                       std::uint32_t job_edge::*vertex) {
  peers<Peer> found;
  for (const Peer& peer : all)
    if (peer.edge < graph.edges.size() && graph.edges[peer.edge].*vertex == peer.attempt.vertex)
      found.emplace(std::pair{peer.edge, peer.attempt.subtask}, &peer);
  return found;
}

} // namespace

std::string subtask_name(const job_graph& graph, const attempt_id& attempt) {
  const job_vertex& vertex = graph.vertices[attempt.vertex];
  return vertex.name + " (" + std::to_string(attempt.subtask + 1) + "/" + std::to_string(vertex.parallelism) +
         ")";
}

std::optional<std::uint32_t> task_channels::find_out(const channel_id& channel) const {
  auto found = std::ranges::find(out, channel);
  if (found == out.end())
    return std::nullopt;
  return static_cast<std::uint32_t>(found - out.begin());
}

result<void> check_subtask(const job_graph& graph, const attempt_id& attempt) {
  if (attempt.vertex >= graph.vertices.size() ||
      attempt.subtask >= graph.vertices[attempt.vertex].parallelism)
    return misfit("it has no subtask " + std::to_string(attempt.subtask) + " of vertex " +
                  std::to_string(attempt.vertex));
  return {};
}

result<task_channels> number_channels(const job_graph& graph, const attempt_id& attempt,
                                      const std::vector<producer_location>& producers,
                                      const std::vector<consumer_reference>& consumers) {
  if (auto there = check_subtask(graph, attempt); !there)
    return there.failure();
  task_channels channels;
  auto producer_at = by_subtask(graph, producers, &job_edge::from_vertex);
  auto consumer_at = by_subtask(graph, consumers, &job_edge::to_vertex);
  for (std::uint32_t e = 0; e < graph.edges.size(); ++e) {
    const job_edge& edge = graph.edges[e];
    if (edge.to_vertex == attempt.vertex) {
      auto first = static_cast<std::uint32_t>(channels.in.size());
      for (std::uint32_t subtask : producers_of(graph, edge, attempt.subtask)) {
        auto producer = producer_at.find({e, subtask});
        if (producer == producer_at.end())
          return misfit("no producer " + std::to_string(subtask) + " of " + edge_name(graph, e));
        channels.in.push_back({producer->second->attempt, attempt, e});
        channels.producers.push_back(*producer->second);
      }
      channels.edges_in.push_back({e, first, static_cast<std::uint32_t>(channels.in.size()) - first});
    }
    if (edge.from_vertex == attempt.vertex) {
      auto first = static_cast<std::uint32_t>(channels.out.size());
      for (std::uint32_t subtask : consumers_of(graph, edge, attempt.subtask)) {
        auto consumer = consumer_at.find({e, subtask});
        if (consumer == consumer_at.end())
          return misfit("no consumer " + std::to_string(subtask) + " of " + edge_name(graph, e));
        channels.out.push_back({attempt, consumer->second->attempt, e});
      }
      if (channels.out.size() == first)
        return misfit(edge_name(graph, e) + " has no consumers");
      channels.edges_out.push_back({e, first, static_cast<std::uint32_t>(channels.out.size()) - first});
    }
  }
  if (channels.in.size() != producers.size() || channels.out.size() != consumers.size())
    return misfit(std::to_string(producers.size()) + " producers and " + std::to_string(consumers.size()) +
                  " consumers for " + std::to_string(channels.in.size()) + " and " +
                  std::to_string(channels.out.size()) + " channels");
  return channels;
}

} // namespace weir
