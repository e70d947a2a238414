#include "operators/chain_plan.hpp"

#include "test_graph.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

detail::operator_factory nothing() {
  return [] { return nullptr; };
}

struct planned : test_graph {
  std::uint32_t node(const char* name, std::vector<input> inputs) {
    return add(name, std::move(inputs), nothing());
  }

  void fusible(std::uint32_t last, std::uint32_t first) {
    code->nodes[last].make_fused = nothing();
    code->nodes[last].fused_from = first;
  }

  chain_plan plan(std::uint32_t vertex = 0) {
    connect();
    auto made = plan_chain(*graph, *code, vertex);
    REQUIRE(made);
    return *made;
  }

  static std::vector<std::string> names(const chain_plan& plan) {
    std::vector<std::string> all;
    for (const auto& step : plan.steps)
      all.push_back(step.name);
    return all;
  }
};

using strings = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(planned, "operators that have a fused form become one step") {
  auto a = node("a", {});
  auto b = node("b", {{a}});
  auto c = node("c", {{b}});
  auto d = node("d", {{c}});
  fusible(b, a);
  fusible(c, a);
  vertex({a, b, c, d});
  auto made = plan();
  CHECK(names(made) == strings{"a -> b -> c", "d"});
  CHECK(made.steps[0].inputs.empty());
  CHECK(made.steps[1].inputs.size() == 1);
  CHECK(made.steps[1].inputs[0].from == 0);
}

TEST_CASE_FIXTURE(planned, "nothing is fused over an operator that something else reads") {
  auto a = node("a", {});
  auto b = node("b", {{a}});
  auto c = node("c", {{b}});
  auto other = node("other", {{a}});
  fusible(b, a);
  fusible(c, a);
  SUBCASE("in the chain") {
    vertex({a, b, c, other});
    CHECK(names(plan()) == strings{"a", "b", "c", "other"});
  }
  SUBCASE("over an edge") {
    vertex({a, b, c});
    vertex({other});
    auto made = plan();
    CHECK(names(made) == strings{"a", "b", "c"});
    CHECK(made.steps[0].edges_out == std::vector<std::uint32_t>{0});
  }
  SUBCASE("but the last one may have several readers") {
    code->nodes[other].inputs[0].from = c;
    vertex({a, b, c, other});
    CHECK(names(plan()) == strings{"a -> b -> c", "other"});
  }
}

TEST_CASE_FIXTURE(planned, "nothing is fused over the border of a vertex") {
  auto a = node("a", {});
  auto b = node("b", {{a}});
  auto c = node("c", {{b}});
  fusible(b, a);
  fusible(c, a);
  vertex({a});
  vertex({b, c});
  auto made = plan(1);
  CHECK(names(made) == strings{"b", "c"});
  CHECK(made.steps[0].inputs[0].network);
}

TEST_CASE_FIXTURE(planned, "a fused step keeps the inputs of its first operator, in their numbers") {
  auto a = node("a", {});
  auto b = node("b", {});
  auto both = node("both", {{a, 1}, {b, 0}});
  auto end = node("end", {{both}});
  fusible(end, both);
  vertex({a});
  vertex({b, both, end});
  auto made = plan(1);
  CHECK(names(made) == strings{"b", "both -> end"});
  REQUIRE(made.steps[1].inputs.size() == 2);
  CHECK(made.steps[1].inputs[0].network);
  CHECK(made.steps[1].inputs[0].input == 1);
  CHECK_FALSE(made.steps[1].inputs[1].network);
  CHECK(made.steps[1].inputs[1].from == 0);
  CHECK(made.steps[1].inputs[1].input == 0);
}

TEST_CASE_FIXTURE(planned, "graphs that do not belong together are refused") {
  auto a = node("a", {});
  auto b = node("b", {{a}});
  vertex({a});
  vertex({b});
  connect();
  SUBCASE("no such vertex") {
    CHECK_FALSE(plan_chain(*graph, *code, 2));
  }
  SUBCASE("no such node") {
    graph->vertices[1].operators[0].node = 7;
    CHECK_FALSE(plan_chain(*graph, *code, 1));
  }
  SUBCASE("an input that no edge brings") {
    graph->edges.clear();
    auto made = plan_chain(*graph, *code, 1);
    REQUIRE_FALSE(made);
    CHECK(made.failure().message().find("'b'") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(planned, "nothing is fused that has a side output") {
  for (std::uint32_t splits = 0; splits < 3; ++splits) {
    planned fresh;
    auto a = fresh.node("a", {});
    auto b = fresh.node("b", {{a}});
    auto c = fresh.node("c", {{b}});
    fresh.fusible(c, a);
    fresh.code->nodes[splits].side_outputs = {{"side", &detail::record_type_of<entry>()}};
    fresh.vertex({a, b, c});
    CHECK(names(fresh.plan()) == strings{"a", "b", "c"});
  }
}

TEST_CASE_FIXTURE(planned, "a step knows which output it reads") {
  auto a = node("a", {});
  code->nodes[a].side_outputs = {{"side", &detail::record_type_of<entry>()}};
  auto b = node("b", {{a}, {.from = a, .number = 1, .output = 1}});
  auto outside = node("outside", {{.from = a, .output = 1}});
  vertex({a, b});
  vertex({outside});
  auto made = plan();
  REQUIRE(made.steps[1].inputs.size() == 2);
  CHECK(made.steps[1].inputs[0].output == 0);
  CHECK(made.steps[1].inputs[1].output == 1);
  auto other = plan_chain(*graph, *code, 1);
  REQUIRE(other);
  CHECK(other->steps[0].inputs[0].output == 1);
}
