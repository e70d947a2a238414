#include "random_graph.hpp"

#include <weir/testing.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>

using namespace time_test;

namespace {

enum class chain_mode : std::uint8_t { on, off, partly };

/// Parts some chains, moves some operators to another parallelism.
void change_nodes(weir::environment& env, chain_mode mode, std::mt19937_64& random) {
  for (auto& node : env.graph().nodes) {
    if (mode == chain_mode::partly)
      node.chain = static_cast<weir::detail::chaining>(random() % 3);
    // Where times are given, records must not be disordered further.
    bool may_move = node.fixed_parallelism == 0 && node.kind != "timestamps" && !node.is_source;
    if (may_move && random() % 6 == 0)
      node.parallelism = static_cast<std::uint32_t>(1 + random() % 4);
  }
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

} // namespace

// WEIR_SEEDS: how many; WEIR_SEED: the first.
TEST_CASE("a random dataflow gives what a plain recomputation gives, however it is chained and spread") {
  std::uint64_t first = from_environment("WEIR_SEED", 1);
  for (std::uint64_t seed = first; seed < first + from_environment("WEIR_SEEDS", 20); ++seed) {
    CAPTURE(seed);
    random_graph graph{seed};
    std::mt19937_64 random{seed};
    for (chain_mode mode : {chain_mode::on, chain_mode::off, chain_mode::partly}) {
      weir::testing::run_options options;
      options.parallelism = static_cast<std::uint32_t>(1 + random() % 4);
      options.chaining = mode != chain_mode::off;
      options.encoded = random() % 2 == 0;
      options.seed = random() % 2 == 0 ? 0 : random();
      CAPTURE(static_cast<int>(mode));
      CAPTURE(options.parallelism);
      weir::environment env;
      graph.build(env);
      if (random() % 2 == 0)
        env.set_buffer_timeout_ms(static_cast<std::int64_t>(random() % 3) - 1);
      change_nodes(env, mode, random);
      auto result = weir::testing::run(env, options);
      if (graph.expected().empty())
        CHECK_THROWS_AS(result.lines("out"), std::out_of_range);
      else
        REQUIRE(result.sorted_lines("out") == graph.expected());
    }
  }
}
