#include "task/local_pipeline.hpp"

#include "manual_platform.hpp"
#include "test_operators.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace weir;
using namespace weir::testing;
using detail::partitioning;

namespace {

/// A random job, and what it must give, found by plain loops over the records.
///
///     source ─▶ add 1 ─▶ repeat ──▶ join ─▶ sum by key ─▶ sink
///        └────────────────────────▶        └▶ sink
struct random_job : test_graph {
  explicit random_job(std::uint64_t seed) : random{seed} {
    count = random() % 3000;
    auto size = static_cast<std::uint32_t>(1 + random() % 300);
    repeat = 1 + random() % 4;
    keys = 1 + random() % 50;

    auto source = add("source", {}, make<number_source>(count, size));
    auto added = add("add", {{source, 0, any()}},
                     make<in_place_operator>(std::function{[](entry& one) { ++one.value; }}));
    auto expand = [n = repeat](std::uint32_t, entry one) {
      return std::vector<entry>(one.key % (n + 1), one);
    };
    auto repeated =
        add("repeat", {{added, 0, any()}}, make<expanding_operator>(expanding_operator::function{expand}));
    auto tag = [k = keys](std::uint32_t input, entry one) {
      return std::vector<entry>{{one.key % k, one.value * (input + 1)}};
    };
    auto joined = add("join", {{repeated, 0, any()}, {source, 1, any()}},
                      make<expanding_operator>(expanding_operator::function{tag}));
    auto summed = add("sum", {{joined, 0, partitioning::hash, by_key()}}, make<summing_operator>());
    auto sums = add("sums", {{summed, 0, any_or_broadcast()}}, make<listing_sink>(), true);
    auto all = add("all", {{joined, 0, any_or_broadcast()}}, make<listing_sink>(), true);

    place({source, added, repeated, joined, summed, sums, all});
    graph->buffer_timeout_ms = static_cast<std::int64_t>(random() % 3) * 5 - 5 + (random() % 2);
    if (graph->buffer_timeout_ms < -1)
      graph->buffer_timeout_ms = -1;
  }

  partitioning any() {
    static constexpr partitioning kinds[] = {partitioning::forward, partitioning::rebalance,
                                             partitioning::rescale, partitioning::global};
    return kinds[random() % 4];
  }
  partitioning any_or_broadcast() { return random() % 3 == 0 ? partitioning::broadcast : any(); }

  /// Chains operators where every edge between them is forward, else gives each a vertex and a parallelism of
  /// its own.
  void place(const std::vector<std::uint32_t>& nodes) {
    std::map<std::uint32_t, std::uint32_t> group;
    std::vector<std::vector<std::uint32_t>> groups;
    for (std::uint32_t node : nodes) {
      std::set<std::uint32_t> from;
      bool forward = !code->nodes[node].inputs.empty();
      for (const auto& input : code->nodes[node].inputs) {
        forward = forward && input.how == partitioning::forward;
        from.insert(group[input.from]);
      }
      if (forward && from.size() == 1 && random() % 4 != 0) {
        group[node] = *from.begin();
        groups[*from.begin()].push_back(node);
      } else {
        group[node] = static_cast<std::uint32_t>(groups.size());
        groups.push_back({node});
      }
    }
    for (const auto& of_vertex : groups)
      vertex(of_vertex, static_cast<std::uint32_t>(1 + random() % 4));
    connect();
    for (auto& edge : graph->edges) // forward needs an equal parallelism
      if (edge.how == partitioning::forward &&
          graph->vertices[edge.from_vertex].parallelism != graph->vertices[edge.to_vertex].parallelism)
        edge.how = partitioning::rebalance;
  }

  std::vector<std::string> expected() {
    std::vector<entry> joined;
    for (std::uint64_t n = 0; n < count; ++n) {
      joined.push_back({n % keys, n * 2});
      for (std::uint64_t copies = n % (repeat + 1); copies > 0; --copies)
        joined.push_back({n % keys, n + 1});
    }
    std::map<std::uint64_t, std::uint64_t> sums;
    for (const entry& one : joined)
      sums[one.key] += one.value;
    std::vector<std::string> lines;
    auto print = [&](std::uint64_t key, std::uint64_t value, std::uint32_t sink) {
      for (std::uint32_t copies = copies_of(sink); copies > 0; --copies)
        lines.push_back(std::to_string(key) + " " + std::to_string(value));
    };
    for (auto [key, sum] : sums)
      print(key, sum, 5);
    for (const entry& one : joined)
      print(one.key, one.value, 6);
    std::ranges::sort(lines);
    return lines;
  }

  /// How often a sink sees each record.
  std::uint32_t copies_of(std::uint32_t node) {
    for (const auto& edge : graph->edges)
      if (graph->vertices[edge.to_vertex].operators[edge.to_operator].node == node)
        return edge.how == partitioning::broadcast ? graph->vertices[edge.to_vertex].parallelism : 1;
    return 1; // chained
  }

  std::mt19937_64 random;
  std::uint64_t count = 0;
  std::uint64_t repeat = 0;
  std::uint64_t keys = 0;
};

local_pipeline::options options_for(std::uint64_t seed, manual_platform& platform) {
  std::mt19937_64 random{seed ^ 0x9e3779b97f4a7c15};
  local_pipeline::options options;
  options.seed = seed;
  options.batches_per_run = static_cast<std::uint32_t>(1 + random() % 8);
  options.task.channels.segment_size = random() % 2 == 0 ? 1024 : 32 * 1024;
  options.task.channels.buffers_per_channel = static_cast<std::uint32_t>(1 + random() % 8);
  if (random() % 4 == 0)
    options.task.network_memory = 64 * 1024;
  auto mask = random();
  options.is_local = [mask](const channel_id& channel) {
    return (mask >> ((channel.edge * 7 + channel.producer.subtask * 3 + channel.consumer.subtask) % 64) &
            1) == 0;
  };
  options.sleep_until = [&platform](time_point at) { platform.advance_to(at); };
  return options;
}

} // namespace

TEST_CASE("random jobs give what plain loops give, in every order of events and with every mix of channels") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    manual_platform platform;
    random_job job{seed};
    auto options = options_for(seed, platform);
    local_pipeline pipeline{job.graph, job.code, platform, options};
    auto results = pipeline.run();
    REQUIRE_MESSAGE(results, (results ? "" : results.failure().message()));
    REQUIRE(sorted_lines(*results) == job.expected());
    REQUIRE(pipeline.peak_in_flight() <= options.task.channels.buffers_per_channel);
    for (std::uint32_t v = 0; v < job.graph->vertices.size(); ++v)
      for (std::uint32_t s = 0; s < job.graph->vertices[v].parallelism; ++s)
        REQUIRE(pipeline.at(v, s).network_memory() == 0);
  }
}

TEST_CASE("a job gives the same with its subtasks in turn, and with a thread for each") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto system = make_system_platform();
    manual_platform platform;
    random_job job{seed};
    auto options = options_for(seed, platform);
    options.seed = 0;
    local_pipeline in_turn{job.graph, job.code, platform, options};
    auto results = in_turn.run();
    REQUIRE(results);
    CHECK(sorted_lines(*results) == job.expected());

    options.sleep_until = {};
    local_pipeline threads{job.graph, job.code, *system, options};
    results = threads.run_threads();
    REQUIRE_MESSAGE(results, (results ? "" : results.failure().message()));
    CHECK(sorted_lines(*results) == job.expected());
  }
}

TEST_CASE("the same seed runs the same way") {
  auto trace = [](std::uint64_t seed) {
    manual_platform platform;
    random_job job{7};
    auto options = options_for(7, platform);
    options.seed = seed;
    local_pipeline pipeline{job.graph, job.code, platform, options};
    auto results = pipeline.run();
    REQUIRE(results);
    std::string all = std::to_string(platform.now().time_since_epoch().count());
    for (const auto& result : *results)
      all += result.value;
    return all;
  };
  CHECK(trace(1) == trace(1));
  CHECK(trace(1) != trace(2));
}

namespace {

local_pipeline::options in_turn(manual_platform& platform, bool local = true) {
  local_pipeline::options options;
  options.is_local = [local](const channel_id&) { return local; };
  options.sleep_until = [&platform](time_point at) { platform.advance_to(at); };
  return options;
}

/// source -> work -> sink over two edges.
struct short_job : test_graph {
  explicit short_job(const detail::operator_factory& work, std::uint64_t count = 10'000) {
    auto source = add("source", {}, make<number_source>(count, std::uint32_t{100}));
    auto worked = add("work", {{source, 0, partitioning::rebalance}}, work);
    auto sink = add("sink", {{worked, 0, partitioning::rebalance}}, make<listing_sink>(), true);
    vertex({source}, 2);
    vertex({worked}, 2);
    vertex({sink}, 2);
    connect();
  }
};

/// "work (1/2): <cause>", of either subtask.
bool is_of_work(const std::string& message, const std::string& cause) {
  return message == "work (1/2): " + cause || message == "work (2/2): " + cause;
}

} // namespace

TEST_CASE("an exception of an operator fails the pipeline with the task, the operator and the message") {
  short_job job{make<in_place_operator>(std::function{[](entry& one) {
    if (one.key == 5000)
      throw std::runtime_error{"5000 is too much"};
  }})};
  manual_platform platform;
  for (bool local : {true, false}) {
    local_pipeline pipeline{job.graph, job.code, platform, in_turn(platform, local)};
    auto results = pipeline.run();
    REQUIRE_FALSE(results);
    CHECK(is_of_work(results.failure().message(), "operator 'work': 5000 is too much"));
  }
  auto system = make_system_platform();
  local_pipeline threads{job.graph, job.code, *system, {}};
  auto results = threads.run_threads();
  REQUIRE_FALSE(results);
  CHECK(is_of_work(results.failure().message(), "operator 'work': 5000 is too much"));
}

TEST_CASE("a canceled pipeline stops, whatever its subtasks wait for") {
  local_pipeline* running = nullptr;
  short_job job{make<in_place_operator>(std::function{[&running](entry& one) {
    if (one.key == 3000)
      running->cancel();
  }})};
  auto system = make_system_platform();
  local_pipeline pipeline{job.graph, job.code, *system, {}};
  running = &pipeline;
  SUBCASE("in turn") {
    auto results = pipeline.run();
    REQUIRE_FALSE(results);
    CHECK(results.failure().code() == errc::canceled);
  }
  SUBCASE("threads") {
    auto results = pipeline.run_threads();
    REQUIRE_FALSE(results);
    CHECK(results.failure().code() == errc::canceled);
  }
}

TEST_CASE("an operator that cannot be made fails the pipeline before anything runs") {
  short_job job{[]() -> std::unique_ptr<detail::stream_operator> { throw std::runtime_error{"no licence"}; }};
  manual_platform platform;
  local_pipeline pipeline{job.graph, job.code, platform, in_turn(platform)};
  auto results = pipeline.run();
  REQUIRE_FALSE(results);
  CHECK(is_of_work(results.failure().message(), "operator 'work': no licence"));
}

TEST_CASE("metrics count what went over the edges of the graph, in both forms the same records") {
  short_job job{make<in_place_operator>(std::function{[](entry&) {}})};
  for (bool local : {true, false}) {
    manual_platform platform;
    local_pipeline pipeline{job.graph, job.code, platform, in_turn(platform, local)};
    REQUIRE(pipeline.run());
    task_metrics sums[3];
    for (std::uint32_t v = 0; v < 3; ++v)
      for (std::uint32_t s = 0; s < 2; ++s) {
        auto metrics = pipeline.at(v, s).metrics();
        sums[v].records_in += metrics.records_in;
        sums[v].records_out += metrics.records_out;
        sums[v].bytes_in += metrics.bytes_in;
        sums[v].bytes_out += metrics.bytes_out;
      }
    CHECK(sums[0].records_in == 0);
    CHECK(sums[0].records_out == 10'000);
    CHECK(sums[1].records_in == 10'000);
    CHECK(sums[1].records_out == 10'000);
    CHECK(sums[2].records_in == 10'000);
    CHECK(sums[2].records_out == 0);
    CHECK(sums[0].bytes_out == sums[1].bytes_in);
    CHECK(sums[1].bytes_out >= 160'000);
    CHECK(pipeline.at(1, 0).operators().at(0).records_in == pipeline.at(1, 0).metrics().records_in);
  }
}
