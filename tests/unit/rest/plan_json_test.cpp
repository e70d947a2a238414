#include "example_job.hpp"
#include "rest_fixture.hpp"

#include "rest/plan_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace weir;
using namespace weir::testing;

TEST_CASE("a plan has a node for each vertex, producers first, with the fields of Flink's") {
  nlohmann::json plan = plan_json(example_graph(), example_id)["plan"];
  expect_fields(plan, "jid:text name:text type:text nodes:list");
  CHECK(plan["jid"] == example_id_text);
  CHECK(plan["type"] == "STREAMING");
  REQUIRE(plan["nodes"].size() == 2);
  for (const auto& node : plan["nodes"])
    expect_fields(node, "id:text parallelism:int operator:text operator_strategy:text description:text "
                        "optimizer_properties:object chain:list");
  CHECK(plan["nodes"][0]["id"] == words_vertex_text);
  CHECK_FALSE(plan["nodes"][0].contains("inputs"));
  nlohmann::json input = plan["nodes"][1]["inputs"][0];
  expect_fields(input, "num:int id:text ship_strategy:text exchange:text");
  CHECK(input["id"] == words_vertex_text);
  CHECK(input["ship_strategy"] == "HASH");
}

TEST_CASE("a description is escaped for HTML") {
  nlohmann::json plan = plan_json(example_graph(), example_id)["plan"];
  CHECK(plan["nodes"][0]["description"] == "lines -&gt; &lt;words&gt;");
  CHECK(escape_html("a\n\"b\" & 'c'") == "a<br/>&quot;b&quot; &amp; &#39;c&#39;");
}

TEST_CASE("a node shows its operator chain as a graph") {
  job_graph graph = example_graph();
  job_operator join;
  join.id = operator_id{{0, 9}};
  join.name = "join";
  join.kind = "union";
  join.inputs = {0, 1};
  graph.vertices[0].operators.push_back(join);
  nlohmann::json chain = plan_json(graph, example_id)["plan"]["nodes"][0]["chain"];
  REQUIRE(chain.size() == 3);
  for (const auto& step : chain)
    expect_fields(step, "id:text name:text kind:text inputs:list");
  CHECK(chain[0]["kind"] == "source");
  CHECK(chain[1]["inputs"] == nlohmann::json::array({0}));
  CHECK(chain[2]["inputs"] == nlohmann::json::array({0, 1}));
  CHECK(plan_json(graph, example_id)["plan"]["nodes"][0]["drawing"] ==
        nlohmann::json::array({"○ lines", "├─╮", "○ │ words  → HASH to count", "├─╯", "○ join"}));
}
