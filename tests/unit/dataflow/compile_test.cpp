#include "graph_under_construction.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using weir::job_edge;
using weir::job_graph;
using weir::detail::chaining;
using weir::detail::partitioning;
using names = std::vector<std::string>;

namespace {

struct a_graph : graph_under_construction {
  /// lines -> words -> (by key) counts -> file
  void word_count() {
    source("lines");
    map("words", {"lines"});
    partition(map("counts", {"words"}), how::hash);
    sink("file", {"counts"});
    options.parallelism = 4;
  }
};

} // namespace

TEST_CASE_FIXTURE(a_graph, "operators connected by forward edges of equal parallelism are one vertex") {
  word_count();
  CHECK(vertices() == names{"Source: lines -> words", "counts -> Sink: file"});
  job_graph job = compiled();
  REQUIRE(job.edges.size() == 1);
  CHECK(job.edges[0] ==
        job_edge{0, 1, 0, 1, 0, 0, 0, partitioning::hash, "i32", weir::detail::record_type_of<int>().layout});
  CHECK(job.vertices[0].parallelism == 4);
  CHECK(job.vertices[0].operators[1].inputs == std::vector<weir::chained_input>{0});
  CHECK(job.vertices[1].operators[0].inputs.empty()); // from another vertex
  CHECK(job.vertices[1].id == job.vertices[1].operators[1].id);
}

TEST_CASE_FIXTURE(a_graph, "with chaining disabled each operator is a vertex") {
  word_count();
  SUBCASE("by the job") {
    graph.chaining_enabled = false;
  }
  SUBCASE("by configuration") {
    options.chaining = false;
  }
  CHECK(vertices() == names{"Source: lines", "words", "counts", "Sink: file"});
  CHECK(compiled().edges[0].how == partitioning::forward);
}

TEST_CASE_FIXTURE(a_graph,
                  "an operator that begins a chain is parted from the one before, not from the one behind") {
  source("s");
  map("a", {"s"});
  map("b", {"a"}).chain = chaining::head;
  sink("k", {"b"});
  CHECK(vertices() == names{"Source: s -> a", "b -> Sink: k"});
}

TEST_CASE_FIXTURE(a_graph, "an operator that refuses chaining is alone") {
  source("s");
  map("a", {"s"}).chain = chaining::never;
  sink("k", {"a"});
  CHECK(vertices() == names{"Source: s", "a", "Sink: k"});
}

TEST_CASE_FIXTURE(a_graph, "another parallelism begins a vertex, reached by rebalance") {
  source("s").fixed_parallelism = 1;
  map("a", {"s"});
  sink("k", {"a"}).parallelism = 3;
  options.parallelism = 2;
  CHECK(vertices() == names{"Source: s", "a", "Sink: k"});
  job_graph job = compiled();
  CHECK(job.edges[0].how == partitioning::rebalance);
  CHECK(job.edges[1].how == partitioning::rebalance);
  CHECK(job.vertices[0].parallelism == 1);
  CHECK(job.vertices[1].parallelism == 2);
  CHECK(job.vertices[2].parallelism == 3);
}

TEST_CASE_FIXTURE(a_graph, "a partitioner the user chose is kept, also between equal parallelisms") {
  for (auto chosen : {how::rebalance, how::rescale, how::broadcast, how::global, how::custom, how::hash}) {
    graph.nodes.clear();
    source("s");
    partition(sink("k", {"s"}), chosen);
    REQUIRE(compiled().edges.size() == 1);
    CHECK(compiled().edges[0].how == chosen);
  }
}

TEST_CASE_FIXTURE(a_graph, "a forward edge that the user chose is chained") {
  source("s");
  partition(sink("k", {"s"}), how::forward);
  CHECK(compiled().edges.empty());
}

TEST_CASE_FIXTURE(
    a_graph, "a slot sharing group is inherited where all inputs agree, and parts chains where it changes") {
  source("s").slot_sharing_group = "red";
  map("a", {"s"});
  map("b", {"a"}).slot_sharing_group = "blue";
  source("t");
  sink("k", {"b", "t"});
  job_graph job = compiled();
  REQUIRE(job.vertices.size() == 3);
  CHECK(job.vertices[0].name == "Source: s -> a");
  CHECK(job.vertices[0].slot_sharing_group == "red");
  CHECK(job.vertices[1].slot_sharing_group == "blue");
  CHECK(job.vertices[2].name == "Source: t -> Sink: k");
  CHECK(job.vertices[2].slot_sharing_group == "default");
}

TEST_CASE_FIXTURE(a_graph, "a diamond is one vertex") {
  source("s");
  map("a", {"s"});
  map("b", {"s"});
  sink("k", {"a", "b"});
  CHECK(vertices() == names{"Source: s -> (a -> Sink: k, b)"});
  job_graph job = compiled();
  CHECK(job.vertices[0].operators[3].inputs == std::vector<weir::chained_input>{1, 2});
  CHECK(job.edges.empty());
}

TEST_CASE_FIXTURE(a_graph, "sources that meet in one operator are chained with it") {
  source("s");
  source("t");
  map("both", {"s", "t"});
  sink("k", {"both"});
  CHECK(vertices() == names{"Source: s -> both -> Sink: k, Source: t"});
}

TEST_CASE_FIXTURE(a_graph, "a union may mix chained inputs and inputs from other vertices") {
  source("s");
  source("t").parallelism = 2;
  map("both", {"s", "t"});
  sink("k", {"both"});
  CHECK(vertices() == names{"Source: t", "Source: s -> both -> Sink: k"});
  job_graph job = compiled();
  REQUIRE(job.edges.size() == 1);
  CHECK(job.edges[0].from_vertex == 0);
  CHECK(job.edges[0].to_operator == 1);
  CHECK(job.edges[0].graph_edge == 1);
  CHECK(job.vertices[1].operators[1].inputs == std::vector<weir::chained_input>{0});
}

TEST_CASE_FIXTURE(a_graph, "a union of a stream with itself reads it twice") {
  source("s");
  sink("k", {"s", "s"});
  SUBCASE("in a chain") {
    CHECK(compiled().vertices[0].operators[1].inputs == std::vector<weir::chained_input>{0, 0});
    CHECK(compiled().edges.empty());
  }
  SUBCASE("between vertices") {
    options.chaining = false;
    REQUIRE(compiled().edges.size() == 2);
    CHECK(compiled().edges[0].graph_edge == 0);
    CHECK(compiled().edges[1].graph_edge == 1);
  }
}

TEST_CASE_FIXTURE(a_graph, "an edge is not chained where another way leads around through a third vertex") {
  source("s");
  map("around", {"s"}).chain = chaining::never;
  sink("k", {"s", "around"});
  CHECK(vertices() == names{"Source: s", "around", "Sink: k"});
  CHECK(compiled().edges.size() == 3);
}

TEST_CASE_FIXTURE(a_graph,
                  "an edge is not chained where a second edge between the same operators cannot be") {
  source("s");
  auto& k = sink("k", {"s", "s"});
  k.inputs[1].how = how::broadcast;
  k.inputs[1].chosen = true;
  CHECK(vertices() == names{"Source: s", "Sink: k"});
  CHECK(compiled().edges.size() == 2);
}

TEST_CASE_FIXTURE(a_graph, "parallelism is the operator's, else the job's, else the submission's") {
  word_count();
  auto parallelisms = [&] {
    std::vector<std::uint32_t> all;
    for (const auto& vertex : compiled().vertices)
      all.push_back(vertex.parallelism);
    return all;
  };
  CHECK(parallelisms() == std::vector<std::uint32_t>{4, 4});
  graph.parallelism = 3;
  CHECK(parallelisms() == std::vector<std::uint32_t>{3, 3});
  graph.nodes[at("words")].parallelism = 2;
  CHECK(parallelisms() == std::vector<std::uint32_t>{3, 2, 3});
  graph.nodes[at("lines")].fixed_parallelism = 1;
  CHECK(parallelisms() == std::vector<std::uint32_t>{1, 2, 3});
}

TEST_CASE_FIXTURE(a_graph,
                  "the number of key groups is derived from the parallelism where nobody states it") {
  word_count();
  auto key_groups = [&](std::uint32_t parallelism) {
    options.parallelism = parallelism;
    return compiled().vertices[1].max_parallelism;
  };
  CHECK(key_groups(1) == 128);
  CHECK(key_groups(85) == 128);
  CHECK(key_groups(86) == 256);
  CHECK(key_groups(200) == 512);
  CHECK(key_groups(32768) == 32768);
  options.max_parallelism = 1000;
  CHECK(key_groups(200) == 1000);
  graph.max_parallelism = 300;
  CHECK(key_groups(200) == 300);
  graph.nodes[at("counts")].max_parallelism = 250;
  CHECK(key_groups(200) == 250);
}

TEST_CASE_FIXTURE(a_graph, "what cannot be is refused with a sentence that names the operator") {
  word_count();
  SUBCASE("no parallelism") {
    options.parallelism = 0;
    CHECK(failure() == "operator \"lines\" (source) has a parallelism of 0: it must be between 1 and 32768");
  }
  SUBCASE("too much parallelism") {
    graph.nodes[at("words")].parallelism = 40000;
    CHECK(failure() == "operator \"words\" (map) has a parallelism of 40000: it must be between 1 and 32768");
  }
  SUBCASE("more subtasks than key groups") {
    graph.max_parallelism = 3;
    CHECK(failure() ==
          "operator \"lines\" (source) has a parallelism of 4, above its maximum parallelism of 3: "
          "lower the one or raise the other");
  }
  SUBCASE("too many key groups") {
    options.max_parallelism = 32769;
    CHECK(failure() ==
          "operator \"lines\" (source) has 32769 key groups: the maximum parallelism is at most 32768");
  }
  SUBCASE("another parallelism than the only possible one") {
    graph.nodes[at("lines")].fixed_parallelism = 1;
    graph.nodes[at("lines")].parallelism = 2;
    CHECK(failure() == "operator \"lines\" (source) always has 1 subtask: remove set_parallelism(2)");
  }
  SUBCASE("forward between different parallelisms") {
    graph.nodes[at("words")].parallelism = 1;
    partition(graph.nodes[at("words")], how::forward);
    CHECK(failure() ==
          "operator \"words\" (map) with 1 subtask cannot get its records by forward() from operator "
          "\"lines\" (source) with 4 subtasks: use rebalance() or rescale(), or set the same parallelism");
  }
  SUBCASE("an operator that nothing reads") {
    map("idle", {"words"});
    CHECK(failure() ==
          "operator \"idle\" (map) emits records that nothing reads: end it with a sink, such as "
          "write_text, print, collect or for_each");
  }
  SUBCASE("the same uid twice") {
    graph.nodes[at("words")].uid = graph.nodes[at("counts")].uid = "w";
    CHECK(failure() == "the uid \"w\" belongs to operator \"words\" (map) and to operator \"counts\" (map): "
                       "each needs one of its own");
  }
  SUBCASE("a source alone") {
    graph.nodes.resize(1);
    CHECK(failure() ==
          "operator \"lines\" (source) emits records that nothing reads: end it with a sink, such as "
          "write_text, print, collect or for_each");
  }
  SUBCASE("nothing at all") {
    graph.nodes.clear();
    CHECK(failure() == "the job has no operators: begin with env.from(...)");
  }
  SUBCASE("a reader of a sink") {
    sink("behind", {"file"});
    CHECK(failure() == "operator \"behind\" (sink) reads from operator \"file\" (sink), which is a sink");
  }
}

TEST_CASE_FIXTURE(a_graph,
                  "the job's name and buffer timeout are its own, unless the submission overrides the name") {
  word_count();
  graph.job_name = "words";
  CHECK(compiled().name == "words");
  CHECK(compiled().buffer_timeout_ms == 10);
  options.name = "other";
  options.buffer_timeout_ms = 50;
  CHECK(compiled().name == "other");
  CHECK(compiled().buffer_timeout_ms == 50);
  graph.buffer_timeout_ms = -1;
  CHECK(compiled().buffer_timeout_ms == -1);
}

TEST_CASE_FIXTURE(a_graph, "the state backend is the job's, else the submission's, else the worker's") {
  word_count();
  CHECK(compiled().backend == std::nullopt);
  options.backend = weir::state_backend::leveldb;
  CHECK(compiled().backend == weir::state_backend::leveldb);
  graph.backend = weir::state_backend::hashmap;
  CHECK(compiled().backend == weir::state_backend::hashmap);
}

TEST_CASE_FIXTURE(a_graph, "vertices are in the order they were written where the data leaves a choice") {
  for (std::string name : {"c", "a", "b"}) {
    source(name);
    sink(name + "-end", {name});
  }
  CHECK(vertices() ==
        names{"Source: c -> Sink: c-end", "Source: a -> Sink: a-end", "Source: b -> Sink: b-end"});
}
