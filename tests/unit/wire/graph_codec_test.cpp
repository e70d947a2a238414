#include "wire/graph_codec.hpp"

#include "random_messages.hpp"

#include <doctest/doctest.h>

using namespace weir;

namespace {

/// Two vertices with one edge: source and map in a chain, then a sink.
job_graph small_graph() {
  job_graph graph;
  graph.name = "small";
  graph.vertices.resize(2);
  graph.vertices[0].parallelism = 2;
  graph.vertices[0].operators.resize(2);
  graph.vertices[0].operators[1].inputs = {0};
  graph.vertices[1].parallelism = 3;
  graph.vertices[1].operators.resize(1);
  graph.edges.resize(1);
  graph.edges[0].from_operator = 1;
  graph.edges[0].to_vertex = 1;
  graph.edges[0].how = detail::partitioning::hash;
  return graph;
}

std::string refusal(const job_graph& graph) {
  auto decoded = decode_job_graph(encode(graph));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.failure().code() == errc::corrupt);
  return decoded.failure().message();
}

} // namespace

TEST_CASE("a job graph comes back equal") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    job_graph graph = random_messages{seed}.graph();
    auto decoded = decode_job_graph(encode(graph));
    REQUIRE_MESSAGE(decoded, (decoded ? "" : decoded.failure().message()));
    CHECK(*decoded == graph);
  }
  CHECK(*decode_job_graph(encode(small_graph())) == small_graph());
  CHECK(*decode_job_graph(encode(job_graph{})) == job_graph{});
}

TEST_CASE("a job specification comes back equal") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    job_spec spec = random_messages{seed}.spec();
    CHECK(*decode_job_spec(encode(spec)) == spec);
  }
}

TEST_CASE("a graph that cannot be scheduled is refused with what is wrong with it") {
  job_graph graph = small_graph();
  SUBCASE("no subtask") {
    graph.vertices[0].parallelism = 0;
    CHECK(refusal(graph).ends_with("vertex 0 has parallelism 0 of at most 128"));
  }
  SUBCASE("more subtasks than key groups") {
    graph.vertices[1].parallelism = 129;
    CHECK(refusal(graph).ends_with("vertex 1 has parallelism 129 of at most 128"));
  }
  SUBCASE("too many key groups") {
    graph.vertices[1].max_parallelism = 32769;
    CHECK(refusal(graph).ends_with("vertex 1 has parallelism 3 of at most 32769"));
  }
  SUBCASE("a vertex without operators") {
    graph.vertices[1].operators.clear();
    CHECK(refusal(graph).ends_with("vertex 1 has no operators"));
  }
  SUBCASE("an operator that reads from itself") {
    graph.vertices[0].operators[1].inputs = {1};
    CHECK(refusal(graph).ends_with("vertex 0 has operator 1 before its input 1"));
  }
  SUBCASE("an edge to nowhere") {
    graph.edges[0].to_vertex = 2;
    CHECK(refusal(graph).ends_with("edge 0 leads from vertex 0 to vertex 2 of 2"));
  }
  SUBCASE("an edge that leads back") {
    graph.edges[0].from_vertex = 1;
    CHECK(refusal(graph).ends_with("edge 0 leads from vertex 1 to vertex 1 of 2"));
  }
  SUBCASE("an edge from an operator that is not there") {
    graph.edges[0].from_operator = 2;
    CHECK(refusal(graph).ends_with("edge 0 names an operator that does not exist"));
  }
  SUBCASE("an edge to an operator that is not there") {
    graph.edges[0].to_operator = 1;
    CHECK(refusal(graph).ends_with("edge 0 names an operator that does not exist"));
  }
  SUBCASE("forward between different parallelisms") {
    graph.edges[0].how = detail::partitioning::forward;
    CHECK(refusal(graph).ends_with("edge 0 is forward between parallelisms 2 and 3"));
  }
  SUBCASE("a buffer timeout without meaning") {
    graph.buffer_timeout_ms = -2;
    CHECK(refusal(graph).ends_with("its buffer timeout is -2 ms"));
  }
  SUBCASE("a partitioning that does not exist") {
    graph.edges[0].how = static_cast<detail::partitioning>(7);
    CHECK(refusal(graph).ends_with("there is no partitioning 7"));
  }
}

TEST_CASE("a graph with more subtasks or channels than a master can hold is refused") {
  job_graph graph = small_graph();
  for (job_vertex& vertex : graph.vertices)
    vertex.parallelism = vertex.max_parallelism = 32768;
  CHECK(refusal(graph).find("channels, more than") != std::string::npos);
  graph.edges.clear();
  CHECK(decode_job_graph(encode(graph)).has_value());
  graph.vertices.resize(33, graph.vertices[0]);
  CHECK(refusal(graph).find("subtasks, more than") != std::string::npos);
}

TEST_CASE("a graph or specification cut off anywhere is an error") {
  random_messages random{5};
  auto check_cut = [](const std::vector<char>& bytes, auto decode) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(
          decode(std::vector<char>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))));
    }
  };
  check_cut(encode(random.graph()), decode_job_graph);
  check_cut(encode(random.spec()), decode_job_spec);
}

TEST_CASE("flipped bits in a graph or specification give an error or a value") {
  std::size_t values = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    random_messages random{seed};
    std::vector<char> graph = encode(random.graph());
    std::vector<char> spec = encode(random.spec());
    for (int trial = 0; trial < 50; ++trial) {
      graph[random.below(graph.size())] ^= static_cast<char>(1 << random.below(8));
      spec[random.below(spec.size())] ^= static_cast<char>(1 << random.below(8));
      values += decode_job_graph(graph) ? 1 : 0;
      values += decode_job_spec(spec) ? 1 : 0;
    }
  }
  CHECK(values > 0); // most flips are in the contents of texts
}
