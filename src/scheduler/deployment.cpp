#include "scheduler/deployment.hpp"

namespace weir {

deploy make_deployment(const execution_attempt& attempt, const execution_graph& execution,
                       const job_slots& slots, const job_spec& job) {
  const slot_grant& own = *slots.slot_of(attempt.id);
  deploy message{.session = own.session,
                 .slot = own.slot,
                 .allocation = own.allocation,
                 .attempt = attempt.id,
                 .job = job};
  const job_graph& graph = execution.graph();
  for (std::uint32_t e = 0; e < graph.edges.size(); ++e) {
    const job_edge& edge = graph.edges[e];
    if (edge.to_vertex == attempt.id.vertex) {
      for (std::uint32_t subtask : producers_of(graph, edge, attempt.id.subtask)) {
        const attempt_id& producer = execution.attempts()[edge.from_vertex][subtask].id;
        const session_id& session = slots.slot_of(producer)->session;
        message.producers.push_back({.attempt = producer,
                                     .edge = e,
                                     .worker = session.worker,
                                     .address = slots.location(session).address});
      }
    }
    if (edge.from_vertex == attempt.id.vertex) {
      for (std::uint32_t subtask : consumers_of(graph, edge, attempt.id.subtask))
        message.consumers.push_back({.attempt = execution.attempts()[edge.to_vertex][subtask].id, .edge = e});
    }
  }
  return message;
}

} // namespace weir
