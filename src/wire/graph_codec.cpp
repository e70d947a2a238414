#include "wire/graph_codec.hpp"

#include "wire/graph_checks.hpp"
#include "wire/graph_fields.hpp"

namespace weir {

namespace schema {

using wire::untrusted_parts;

void write(JobSpec::Builder to, const job_spec& from) {
  to.setName(text(from.name));
  to.setLibraryHash(text(from.library_hash));
  to.setLibraryName(text(from.library_name));
  to.setFunction(text(from.function));
  auto arguments = to.initArguments(static_cast<unsigned>(from.arguments.size()));
  for (unsigned i = 0; i < arguments.size(); ++i)
    arguments.set(i, text(from.arguments[i]));
  to.setParallelism(from.parallelism);
  auto configuration = to.initConfiguration(static_cast<unsigned>(from.configuration.size()));
  unsigned index = 0;
  for (const auto& [key, value] : from.configuration) {
    auto setting = configuration[index++];
    setting.setKey(text(key));
    setting.setValue(text(value));
  }
  to.setFingerprint(from.fingerprint);
}

job_spec read(JobSpec::Reader from, untrusted_parts& parts) {
  job_spec spec;
  spec.name = parts.text(from.getName());
  spec.library_hash = parts.text(from.getLibraryHash());
  spec.library_name = parts.text(from.getLibraryName());
  spec.function = parts.text(from.getFunction());
  spec.arguments =
      parts.list(from.getArguments(), [&](capnp::Text::Reader argument) { return parts.text(argument); });
  spec.parallelism = from.getParallelism();
  auto settings = parts.list(from.getConfiguration(), [&](Setting::Reader setting) {
    return std::pair{parts.text(setting.getKey()), parts.text(setting.getValue())};
  });
  for (auto& [key, value] : settings)
    spec.configuration.insert_or_assign(std::move(key), std::move(value));
  spec.fingerprint = from.getFingerprint();
  return spec;
}

static void write(ChainedInput::Builder to, const chained_input& from) {
  to.setFrom(from.from);
  to.setOutput(from.output);
}

static void write(JobOperator::Builder to, const job_operator& from) {
  write(to.initId(), from.id);
  to.setNode(from.node);
  to.setName(text(from.name));
  to.setUid(text(from.uid));
  to.setKind(text(from.kind));
  write_list(to.initInputs(static_cast<unsigned>(from.inputs.size())), from.inputs);
}

static void write(JobVertex::Builder to, const job_vertex& from) {
  write(to.initId(), from.id);
  to.setName(text(from.name));
  to.setParallelism(from.parallelism);
  to.setMaxParallelism(from.max_parallelism);
  to.setSlotSharingGroup(text(from.slot_sharing_group));
  write_list(to.initOperators(static_cast<unsigned>(from.operators.size())), from.operators);
}

static void write(JobEdge::Builder to, const job_edge& from) {
  to.setFromVertex(from.from_vertex);
  to.setFromOperator(from.from_operator);
  to.setFromOutput(from.from_output);
  to.setToVertex(from.to_vertex);
  to.setToOperator(from.to_operator);
  to.setInput(from.input);
  to.setGraphEdge(from.graph_edge);
  to.setHow(static_cast<Partitioning>(from.how));
  to.setRecord(text(from.record));
  to.setRecordLayout(from.record_layout);
}

static job_operator read(JobOperator::Reader from, untrusted_parts& parts) {
  job_operator one;
  one.id = read_id<operator_id>(from.getId());
  one.node = from.getNode();
  one.name = parts.text(from.getName());
  one.uid = parts.text(from.getUid());
  one.kind = parts.text(from.getKind());
  one.inputs = parts.list(from.getInputs(), [](ChainedInput::Reader input) {
    return chained_input{input.getFrom(), input.getOutput()};
  });
  return one;
}

static job_vertex read(JobVertex::Reader from, untrusted_parts& parts) {
  job_vertex vertex;
  vertex.id = read_id<operator_id>(from.getId());
  vertex.name = parts.text(from.getName());
  vertex.parallelism = from.getParallelism();
  vertex.max_parallelism = from.getMaxParallelism();
  vertex.slot_sharing_group = parts.text(from.getSlotSharingGroup());
  vertex.operators =
      parts.list(from.getOperators(), [&](JobOperator::Reader one) { return read(one, parts); });
  return vertex;
}

static job_edge read(JobEdge::Reader from, untrusted_parts& parts) {
  job_edge edge;
  edge.from_vertex = from.getFromVertex();
  edge.from_operator = from.getFromOperator();
  edge.from_output = from.getFromOutput();
  edge.to_vertex = from.getToVertex();
  edge.to_operator = from.getToOperator();
  edge.input = from.getInput();
  edge.graph_edge = from.getGraphEdge();
  edge.how = parts.enumeration(from.getHow(), detail::partitioning::custom, "partitioning");
  edge.record = parts.text(from.getRecord());
  edge.record_layout = from.getRecordLayout();
  return edge;
}

job_graph read(JobGraph::Reader from, untrusted_parts& parts) {
  job_graph graph;
  graph.name = parts.text(from.getName());
  graph.buffer_timeout_ms = from.getBufferTimeoutMs();
  graph.watermark_interval_ms = from.getWatermarkIntervalMs();
  if (auto backend = parts.enumeration(from.getStateBackend(), StateBackend::LEVELDB, "state backend");
      backend != StateBackend::OF_WORKER)
    graph.backend = backend == StateBackend::LEVELDB ? state_backend::leveldb : state_backend::hashmap;
  graph.vertices =
      parts.list(from.getVertices(), [&](JobVertex::Reader vertex) { return read(vertex, parts); });
  graph.edges = parts.list(from.getEdges(), [&](JobEdge::Reader edge) { return read(edge, parts); });
  if (std::string wrong = wire::what_is_wrong_with(graph); !wrong.empty())
    parts.refuse(std::move(wrong));
  return graph;
}

void write(JobGraph::Builder to, const job_graph& from) {
  to.setName(text(from.name));
  to.setBufferTimeoutMs(from.buffer_timeout_ms);
  to.setWatermarkIntervalMs(from.watermark_interval_ms);
  if (from.backend)
    to.setStateBackend(*from.backend == state_backend::leveldb ? StateBackend::LEVELDB
                                                               : StateBackend::HASHMAP);
  write_list(to.initVertices(static_cast<unsigned>(from.vertices.size())), from.vertices);
  write_list(to.initEdges(static_cast<unsigned>(from.edges.size())), from.edges);
}

} // namespace schema

std::vector<char> encode(const job_graph& graph) {
  capnp::MallocMessageBuilder message;
  write(message.initRoot<schema::JobGraph>(), graph);
  return wire::to_bytes(message);
}

std::vector<char> encode(const job_spec& spec) {
  capnp::MallocMessageBuilder message;
  write(message.initRoot<schema::JobSpec>(), spec);
  return wire::to_bytes(message);
}

result<job_graph> decode_job_graph(std::span<const char> bytes) {
  return wire::decode<schema::JobGraph>(
      bytes, "job graph", [](schema::JobGraph::Reader from, auto& parts) { return read(from, parts); });
}

result<job_spec> decode_job_spec(std::span<const char> bytes) {
  return wire::decode<schema::JobSpec>(
      bytes, "job specification",
      [](schema::JobSpec::Reader from, auto& parts) { return read(from, parts); });
}

} // namespace weir
