#include "rest/plan_json.hpp"

#include "dataflow/chain_drawing.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace weir {
namespace {

using nlohmann::json;

json chain_json(const job_vertex& vertex) {
  json chain = json::array();
  for (const job_operator& step : vertex.operators) {
    json inputs = json::array();
    for (const chained_input& input : step.inputs)
      inputs.push_back(input.from);
    chain.push_back({{"id", to_string(step.id)},
                     {"name", step.name},
                     {"kind", step.kind},
                     {"uid", step.uid},
                     {"inputs", std::move(inputs)}});
  }
  return chain;
}

json inputs_json(const job_graph& graph, std::uint32_t vertex) {
  json inputs = json::array();
  for (const job_edge& edge : graph.edges) {
    if (edge.to_vertex != vertex)
      continue;
    inputs.push_back({{"num", inputs.size()},
                      {"id", to_string(graph.vertices[edge.from_vertex].id)},
                      {"ship_strategy", name_of(edge.how)},
                      {"exchange", "pipelined_bounded"},
                      {"from_operator", edge.from_operator},
                      {"to_operator", edge.to_operator},
                      {"record", edge.record}});
  }
  return inputs;
}

} // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    case '\'':
      escaped += "&#39;";
      break;
    case '\n':
      escaped += "<br/>";
      break;
    default:
      escaped += c;
    }
  }
  return escaped;
}

json plan_json(const job_graph& graph, job_id id) {
  json nodes = json::array();
  for (std::uint32_t i = 0; i < graph.vertices.size(); ++i) {
    const job_vertex& vertex = graph.vertices[i];
    json node{{"id", to_string(vertex.id)},
              {"parallelism", vertex.parallelism},
              {"operator", ""},
              {"operator_strategy", ""},
              {"description", escape_html(vertex.name)},
              {"optimizer_properties", json::object()},
              {"maxParallelism", vertex.max_parallelism},
              {"slotSharingGroup", vertex.slot_sharing_group},
              {"chain", chain_json(vertex)},
              {"drawing", draw_chain(graph, i)}};
    if (json inputs = inputs_json(graph, i); !inputs.empty())
      node["inputs"] = std::move(inputs);
    nodes.push_back(std::move(node));
  }
  return {
      {"plan",
       {{"jid", to_string(id)}, {"name", graph.name}, {"type", "STREAMING"}, {"nodes", std::move(nodes)}}}};
}

} // namespace weir
