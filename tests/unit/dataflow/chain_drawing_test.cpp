#include "dataflow/chain_drawing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace weir;

namespace {

using lines = std::vector<std::string>;

/// A vertex whose operators read these others.
job_graph chain_of(const std::vector<std::vector<std::uint32_t>>& inputs) {
  job_graph graph;
  job_vertex& vertex = graph.vertices.emplace_back();
  for (const auto& each : inputs) {
    job_operator made;
    made.name = std::string(1, static_cast<char>('a' + vertex.operators.size()));
    made.inputs.assign(each.begin(), each.end());
    vertex.operators.push_back(made);
  }
  return graph;
}

} // namespace

TEST_CASE("a line of operators stands below one another") {
  CHECK(draw_chain(chain_of({{}, {0}, {1}}), 0) == lines{"○ a", "○ b", "○ c"});
}

TEST_CASE("lines part where an operator is read several times, and meet where one reads several") {
  CHECK(draw_chain(chain_of({{}, {0}, {0}, {1, 2}, {3}}), 0) == lines{
                                                                    "○ a",   //
                                                                    "├─╮",   //
                                                                    "○ │ b", //
                                                                    "│ ○ c", //
                                                                    "├─╯",   //
                                                                    "○ d",   //
                                                                    "○ e",   //
                                                                });
  // A stream that is read beside what is made of it.
  CHECK(draw_chain(chain_of({{}, {0}, {0, 1}}), 0) == lines{
                                                          "○ a",   //
                                                          "├─╮",   //
                                                          "○ │ b", //
                                                          "├─╯",   //
                                                          "○ c",   //
                                                      });
}

TEST_CASE("lines that have nothing to do with a branch run through it") {
  CHECK(draw_chain(chain_of({{}, {}, {0}, {0}, {1}, {2, 4}}), 0) == lines{
                                                                        "○ a",     //
                                                                        "├─╮",     //
                                                                        "│ │ ○ b", //
                                                                        "○ │ │ c", //
                                                                        "│ ○ │ d", //
                                                                        "│   ○ e", //
                                                                        "├───╯",   //
                                                                        "○ f",     //
                                                                    });
  CHECK(draw_chain(chain_of({{}, {}, {0, 1}, {0}, {1}}), 0) == lines{
                                                                   "○ a",       //
                                                                   "├─╮",       //
                                                                   "│ │ ○ b",   //
                                                                   "│ │ ├─╮",   //
                                                                   "├─┼─╯ │",   //
                                                                   "○ │   │ c", //
                                                                   "  ○   │ d", //
                                                                   "      ○ e", //
                                                               });
  CHECK(draw_chain(chain_of({{}, {0}, {0}, {0}, {1, 3}, {2}}), 0) == lines{
                                                                         "○ a",     //
                                                                         "├─┬─╮",   //
                                                                         "○ │ │ b", //
                                                                         "│ ○ │ c", //
                                                                         "│ │ ○ d", //
                                                                         "├─┼─╯",   //
                                                                         "○ │ e",   //
                                                                         "  ○ f",   //
                                                                     });
}

TEST_CASE("what comes from other vertices and goes to them, and side outputs, are told in words") {
  job_graph graph = chain_of({{}, {0}});
  graph.vertices[0].operators[1].inputs[0].output = 1;
  job_graph other = chain_of({{}});
  other.vertices[0].operators[0].name = "words";
  graph.vertices.push_back(other.vertices[0]);
  job_edge in;
  in.from_vertex = 1;
  in.to_vertex = 0;
  in.to_operator = 1;
  in.how = detail::partitioning::hash;
  job_edge out;
  out.from_vertex = 0;
  out.from_operator = 1;
  out.to_vertex = 1;
  out.how = detail::partitioning::rebalance;
  graph.edges = {in, out};
  CHECK(draw_chain(graph, 0) ==
        lines{"○ a", "○ b  (side output of a)  ← HASH from words  → REBALANCE to words"});
  CHECK(draw_chain(graph, 1) == lines{"○ words  ← REBALANCE from b  → HASH to b"});
}

TEST_CASE("a drawing of any chain has each operator once, in order, and no more lines than it needs") {
  std::mt19937_64 random{11};
  for (int round = 0; round < 300; ++round) {
    std::vector<std::vector<std::uint32_t>> inputs(1 + random() % 20);
    std::size_t edges = 0, branches = 0;
    std::vector<std::size_t> readers(inputs.size());
    for (std::uint32_t op = 1; op < inputs.size(); ++op) {
      for (std::uint64_t i = random() % 4; i > 0; --i, ++edges) {
        inputs[op].push_back(static_cast<std::uint32_t>(random() % op));
        ++readers[inputs[op].back()];
      }
      branches += inputs[op].size() > 1;
    }
    for (std::size_t count : readers)
      branches += count > 1;
    auto drawn = draw_chain(chain_of(inputs), 0);
    CHECK(drawn.size() == inputs.size() + branches);
    std::string order;
    for (const auto& line : drawn)
      if (line.find("○") != std::string::npos)
        order += line.back();
    std::string expected;
    for (std::size_t op = 0; op < inputs.size(); ++op)
      expected += static_cast<char>('a' + op);
    CHECK(order == expected);
  }
}
