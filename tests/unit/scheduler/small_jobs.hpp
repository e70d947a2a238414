#pragma once

#include "dataflow/job_graph.hpp"
#include "scheduler/resource_manager_core.hpp"

#include <memory>
#include <string>
#include <vector>

/// Ids, graphs and messages for the tests of this folder.
namespace weir {

inline job_id job_numbered(std::uint64_t number) {
  return job_id{{.high = 7, .low = number}};
}

inline incarnation_id process_numbered(std::uint64_t number) {
  return incarnation_id{{.high = number, .low = 1}};
}

inline operator_id operator_numbered(std::uint64_t number) {
  return operator_id{{.high = 9, .low = number}};
}

constexpr leader_epoch epoch_3{3};

inline session_id session_of(std::uint64_t process, std::uint64_t registration = 1) {
  return {.epoch = epoch_3, .worker = process_numbered(process), .registration = registration};
}

inline node_address address_of(std::uint64_t process) {
  return {.host = "host" + std::to_string(process), .port = 4000};
}

struct vertex_sketch {
  std::string name;
  std::uint32_t parallelism = 1;
  std::string group = "default";
};

/// A line of vertices, each joined to the next: forward where the parallelism is equal, else by rebalance.
inline std::shared_ptr<const job_graph> line_of(const std::vector<vertex_sketch>& vertices) {
  auto graph = std::make_shared<job_graph>();
  graph->name = "line";
  for (std::uint32_t v = 0; v < vertices.size(); ++v) {
    graph->vertices.push_back({.id = operator_numbered(v + 1),
                               .name = vertices[v].name,
                               .parallelism = vertices[v].parallelism,
                               .slot_sharing_group = vertices[v].group,
                               .operators = {{.id = operator_numbered(v + 1), .name = vertices[v].name}}});
    if (v > 0)
      graph->edges.push_back({.from_vertex = v - 1,
                              .to_vertex = v,
                              .how = vertices[v - 1].parallelism == vertices[v].parallelism
                                         ? detail::partitioning::forward
                                         : detail::partitioning::rebalance});
  }
  return graph;
}

/// The messages of one type among actions, in order.
template <class Message, class Actions>
std::vector<Message> sent(const Actions& actions) {
  std::vector<Message> found;
  for (const auto& action : actions)
    if (auto* send = std::get_if<send_to_worker>(&action))
      if (auto* message = std::get_if<Message>(&send->message))
        found.push_back(*message);
  return found;
}

/// The actions of one type, in order.
template <class Action, class Actions>
std::vector<Action> all(const Actions& actions) {
  std::vector<Action> found;
  for (const auto& action : actions)
    if (auto* each = std::get_if<Action>(&action))
      found.push_back(*each);
  return found;
}

} // namespace weir
