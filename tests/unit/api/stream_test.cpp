#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using weir::detail::chaining;
using weir::detail::partitioning;

namespace {

struct reading {
  std::uint64_t sensor;
  double value;
};

struct graph_under_construction {
  weir::environment env;

  const weir::detail::graph_node& node(const std::string& name) {
    for (const auto& each : env.graph().nodes)
      if (each.name == name)
        return each;
    FAIL("no operator is named ", name);
    throw std::logic_error{name};
  }
  std::uint32_t index(const std::string& name) {
    return static_cast<std::uint32_t>(&node(name) - env.graph().nodes.data());
  }
};

} // namespace

TEST_CASE_FIXTURE(graph_under_construction, "each operator the user wrote is in the graph, producers first") {
  env.from(weir::from_elements({1, 2, 3}))
      .map([](int x) { return x * 2.5; })
      .filter([](double x) { return x > 3; })
      .print();
  const auto& nodes = env.graph().nodes;
  REQUIRE(nodes.size() == 4);
  CHECK(nodes[0].kind == "source");
  CHECK(nodes[0].fixed_parallelism == 1);
  CHECK(nodes[1].kind == "map");
  CHECK(nodes[2].kind == "filter");
  CHECK(nodes[3].kind == "print");
  CHECK(nodes[3].record == nullptr);
  for (std::uint32_t i = 1; i < 4; ++i) {
    REQUIRE(nodes[i].inputs.size() == 1);
    CHECK(nodes[i].inputs[0].from == i - 1);
    CHECK_FALSE(nodes[i].inputs[0].chosen);
  }
  CHECK(nodes[1].record == &weir::detail::record_type_of<double>());
}

TEST_CASE_FIXTURE(graph_under_construction,
                  "a map and the filter behind it are one loop, and what follows begins another") {
  env.from(weir::from_elements({1, 2, 3}))
      .map([](int x) { return x + 1; })
      .name("first")
      .map([](int x) { return x + 2; })
      .filter([](int x) { return x != 4; })
      .name("filter")
      .map([](int x) { return x + 3; })
      .map([](int x) { return x + 4; })
      .name("last")
      .print();
  CHECK(node("filter").make_fused);
  CHECK(node("filter").fused_from == index("first"));
  CHECK(node("last").make_fused);
  CHECK(node("last").fused_from == index("filter") + 1);
  for (const auto& each : env.graph().nodes)
    CHECK(each.make); // each can also run alone
}

TEST_CASE_FIXTURE(graph_under_construction, "a generated source is part of the loop behind it") {
  env.from(weir::generate(10, [](std::uint64_t i) { return i; }))
      .map([](std::uint64_t i) { return i; })
      .name("m")
      .print();
  CHECK(node("m").make_fused);
  CHECK(node("m").fused_from == 0);
}

TEST_CASE_FIXTURE(graph_under_construction, "attributes concern the operator they follow") {
  env.from(weir::from_elements({1}))
      .map([](int x) { return x; })
      .name("a")
      .uid("a-1")
      .set_parallelism(3)
      .filter([](int) { return true; })
      .name("b")
      .slot_sharing_group("apart")
      .map([](int x) { return x; })
      .name("c")
      .disable_chaining()
      .map([](int x) { return x; })
      .name("d")
      .start_new_chain()
      .print()
      .name("e")
      .set_parallelism(2);
  CHECK(node("a").uid == "a-1");
  CHECK(node("a").parallelism == 3);
  CHECK(node("b").slot_sharing_group == "apart");
  CHECK(node("b").parallelism == 0);
  CHECK(node("c").chain == chaining::never);
  CHECK(node("d").chain == chaining::head);
  CHECK(node("e").parallelism == 2);
}

TEST_CASE_FIXTURE(graph_under_construction, "partitioners hold for the next edge") {
  auto numbers = env.from(weir::from_elements({1, 2}));
  numbers.rebalance().print().name("rebalance");
  numbers.rescale().print().name("rescale");
  numbers.broadcast().print().name("broadcast");
  numbers.global().print().name("global");
  numbers.forward().print().name("forward");
  numbers.partition_custom([](int x, std::uint32_t n) { return x % static_cast<int>(n); })
      .print()
      .name("custom");
  numbers.print().name("unchosen");
  CHECK(node("rebalance").inputs[0].how == partitioning::rebalance);
  CHECK(node("rescale").inputs[0].how == partitioning::rescale);
  CHECK(node("broadcast").inputs[0].how == partitioning::broadcast);
  CHECK(node("global").inputs[0].how == partitioning::global);
  CHECK(node("forward").inputs[0].chosen);
  CHECK(node("custom").inputs[0].how == partitioning::custom);
  CHECK(node("custom").inputs[0].make_partitioner);
  CHECK_FALSE(node("unchosen").inputs[0].chosen);
}

TEST_CASE_FIXTURE(graph_under_construction, "a keyed aggregate reads a hash edge") {
  env.from(weir::from_elements<reading>({{1, 2.0}}))
      .key_by(&reading::sensor)
      .sum(&reading::value)
      .name("sum")
      .print();
  CHECK(node("sum").inputs[0].how == partitioning::hash);
  CHECK(node("sum").inputs[0].make_partitioner);
}

TEST_CASE_FIXTURE(graph_under_construction, "an aggregate over the key itself is refused") {
  auto keyed = env.from(weir::from_elements<reading>({{1, 2.0}})).key_by(&reading::sensor);
  CHECK_THROWS_AS(keyed.sum(&reading::sensor), std::invalid_argument);
}

TEST_CASE_FIXTURE(graph_under_construction, "what reads a union has an edge from each of its streams") {
  auto a = env.from(weir::from_elements({1})).name("a");
  auto b = env.from(weir::from_elements({2})).name("b");
  auto c = env.from(weir::from_elements({3})).map([](int x) { return x; }).name("c");
  a.union_with(b, c).map([](int x) { return x; }).name("reader").print();
  const auto& inputs = node("reader").inputs;
  REQUIRE(inputs.size() == 3);
  CHECK(inputs[0].from == index("a"));
  CHECK(inputs[1].from == index("b"));
  CHECK(inputs[2].from == index("c"));
}

TEST_CASE_FIXTURE(graph_under_construction, "misuse is refused with a sentence") {
  auto a = env.from(weir::from_elements({1}));
  auto b = env.from(weir::from_elements({2}));
  CHECK_THROWS_AS(a.union_with(b).name("x"), std::logic_error);
  CHECK_THROWS_AS(a.set_parallelism(0), std::invalid_argument);
  CHECK_THROWS_AS(a.set_parallelism(32769), std::invalid_argument);
  CHECK_THROWS_AS(a.print().map([](int x) { return x; }), std::logic_error);
  CHECK_THROWS_AS(a.rebalance().union_with(b), std::logic_error);
  weir::environment other;
  CHECK_THROWS_AS(a.union_with(other.from(weir::from_elements({3}))), std::logic_error);
  CHECK_THROWS_AS(env.set_buffer_timeout_ms(-2), std::invalid_argument);
}
