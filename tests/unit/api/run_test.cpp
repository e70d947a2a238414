#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

struct sale {
  std::string shop;
  std::int64_t amount;
  std::uint32_t day;
};

struct visit {
  weir::text page;
  std::int64_t count;
};

std::vector<sale> random_sales(std::size_t count) {
  std::mt19937_64 random{count};
  std::vector<sale> sales(count);
  for (sale& each : sales)
    each = {"a shop whose name needs memory of its own " + std::to_string(random() % 50),
            static_cast<std::int64_t>(random() % 1000), static_cast<std::uint32_t>(random() % 365)};
  return sales;
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::ranges::sort(lines);
  return lines;
}

/// Runs a dataflow in every way it can be run, and compares what it collects with what is expected.
template <class Build>
void check_all_ways(const std::vector<std::string>& expected, Build build) {
  for (std::uint32_t parallelism : {1u, 2u, 4u})
    for (bool chaining : {true, false})
      for (bool encoded : {false, true})
        for (std::uint64_t seed : {0u, 1u, 2u}) {
          CAPTURE(parallelism);
          CAPTURE(chaining);
          CAPTURE(encoded);
          CAPTURE(seed);
          weir::environment env;
          build(env);
          auto result = weir::testing::run(env, {parallelism, chaining, encoded, seed});
          REQUIRE(result.sorted_lines("result") == sorted(expected));
        }
}

} // namespace

TEST_CASE("map, filter and flat_map give what a loop gives") {
  std::vector<std::string> expected;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    std::uint64_t x = i * 7 + 1;
    if (x % 3 == 0)
      for (std::uint64_t k = 0; k < x % 4; ++k)
        expected.push_back(std::to_string(x + k + 100));
  }
  check_all_ways(expected, [](weir::environment& env) {
    env.from(weir::generate(5000, [](std::uint64_t i) { return i; }))
        .map([](std::uint64_t i) { return i * 7; })
        .map([](std::uint64_t i) { return i + 1; })
        .filter([](std::uint64_t x) { return x % 3 == 0; })
        .flat_map<std::uint64_t>([](std::uint64_t x, auto& out) {
          for (std::uint64_t k = 0; k < x % 4; ++k)
            out.emit(x + k);
        })
        .map([](std::uint64_t x) { return x + 100; })
        .collect("result");
  });
}

TEST_CASE("a filter keeps strings as they are, in place and on the way to another type") {
  std::vector<std::string> expected, lines;
  for (int i = 0; i < 3000; ++i) {
    lines.push_back("line " + std::string(static_cast<std::size_t>(i % 60), '.') + std::to_string(i));
    if (i % 5 != 0 && i % 7 != 0)
      expected.push_back(lines.back() + "!");
  }
  check_all_ways(expected, [&](weir::environment& env) {
    env.from(weir::from_elements(lines))
        .filter([](const std::string& line) {
          return std::stoi(line.substr(line.find_last_of(". ") + 1)) % 5 != 0;
        })
        .rebalance()
        .filter([](const std::string& line) {
          return std::stoi(line.substr(line.find_last_of(". ") + 1)) % 7 != 0;
        })
        .map([](const std::string& line) { return line + "!"; })
        .collect("result");
  });
}

TEST_CASE("final sums, minima, maxima and reductions per key are those of a map") {
  auto sales = random_sales(4000);
  std::map<std::string, std::int64_t> sums, least, most, count;
  for (const sale& each : sales) {
    sums[each.shop] += each.amount;
    auto [entry, first] = least.try_emplace(each.shop, each.amount);
    entry->second = std::min(entry->second, each.amount);
    most[each.shop] = std::max(most[each.shop], each.amount);
    ++count[each.shop];
  }
  std::vector<std::string> expected;
  for (const auto& [shop, sum] : sums)
    expected.push_back(shop + "\t" + std::to_string(sum) + "\t" + std::to_string(least[shop]) + "\t" +
                       std::to_string(most[shop]) + "\t" + std::to_string(count[shop]));

  struct summary {
    std::string shop;
    std::int64_t sum;
    std::int64_t least;
    std::int64_t most;
    std::int64_t count;
  };
  check_all_ways(expected, [&](weir::environment& env) {
    env.from(weir::from_elements(sales))
        .map([](const sale& each) {
          return summary{each.shop, each.amount, each.amount, each.amount, 1};
        })
        .key_by([](const summary& each) -> const std::string& { return each.shop; })
        .window(weir::end_of_input())
        .reduce([](const summary& a, const summary& b) {
          return summary{a.shop, a.sum + b.sum, std::min(a.least, b.least), std::max(a.most, b.most),
                         a.count + b.count};
        })
        .collect("result");
  });
}

TEST_CASE("rolling aggregates emit the new value after each record") {
  std::vector<sale> sales;
  for (int i = 1; i <= 100; ++i)
    sales.push_back({i % 2 ? "odd" : "even", i, 0});
  std::vector<std::string> expected;
  std::map<std::string, std::int64_t> sums;
  for (const sale& each : sales)
    expected.push_back(each.shop + "\t" + std::to_string(sums[each.shop] += each.amount) + "\t0");
  check_all_ways(expected, [&](weir::environment& env) {
    env.from(weir::from_elements(sales)).key_by(&sale::shop).sum(&sale::amount).collect("result");
  });
}

TEST_CASE("minima and maxima change the member only") {
  weir::environment env;
  std::vector<sale> sales{{"a", 5, 1}, {"a", 3, 2}, {"a", 9, 3}};
  auto keyed = env.from(weir::from_elements(sales)).key_by(&sale::shop);
  keyed.window(weir::end_of_input()).min(&sale::amount).collect("min");
  keyed.window(weir::end_of_input()).max(&sale::amount).collect("max");
  auto result = weir::testing::run(env);
  CHECK(result.lines("min") == std::vector<std::string>{"a\t3\t1"});
  CHECK(result.lines("max") == std::vector<std::string>{"a\t9\t1"});
}

TEST_CASE("texts keep their bytes through every kind of edge and table") {
  std::map<std::string, std::int64_t> counts;
  auto page = [](std::uint64_t i) {
    return std::string(i % 40, static_cast<char>('a' + i % 7)) + std::to_string(i % 300);
  };
  for (std::uint64_t i = 0; i < 6000; ++i)
    ++counts[page(i)];
  std::vector<std::string> expected;
  for (const auto& [name, count] : counts)
    expected.push_back(name + "\t" + std::to_string(count));
  check_all_ways(expected, [&](weir::environment& env) {
    env.from(weir::generate(6000, page))
        .flat_map<visit>([](std::string_view name, auto& out) { out.emit(name, 1); })
        .filter([](const visit& each) { return each.count == 1; })
        .rebalance()
        .key_by([](const visit& each) { return each.page; })
        .window(weir::end_of_input())
        .reduce([](const visit& a, const visit& b) {
          return visit{b.page, a.count + b.count};
        })
        .map([](const visit& each) { return each; })
        .collect("result");
  });
}

TEST_CASE("a union has the records of all its streams, also of one stream twice") {
  std::vector<std::string> expected;
  for (int i = 0; i < 1000; ++i) {
    expected.push_back(std::to_string(i));
    expected.push_back(std::to_string(i));
    expected.push_back(std::to_string(i + 5000));
  }
  check_all_ways(expected, [](weir::environment& env) {
    auto a = env.from(weir::generate(1000, [](std::uint64_t i) { return i; }));
    auto b = a.map([](std::uint64_t i) { return i + 5000; });
    a.union_with(a, b).map([](std::uint64_t i) { return i; }).collect("result");
  });
}

TEST_CASE("partitioners bring every record to one subtask, broadcast to each") {
  for (bool encoded : {false, true}) {
    weir::environment env;
    auto numbers = env.from(weir::generate(1000, [](std::uint64_t i) { return i; }));
    auto count = [](const auto& stream, const char* name) {
      stream.map([](std::uint64_t x) { return x; }).set_parallelism(3).collect(name);
    };
    count(numbers.rebalance(), "rebalance");
    count(numbers.rescale(), "rescale");
    count(numbers.broadcast(), "broadcast");
    count(numbers.global(), "global");
    count(numbers.partition_custom([](std::uint64_t x, std::uint32_t n) { return x % n; }), "custom");
    auto result = weir::testing::run(env, {.parallelism = 2, .encoded = encoded});
    for (const char* name : {"rebalance", "rescale", "global", "custom"}) {
      CAPTURE(name);
      CHECK(result.lines(name).size() == 1000);
    }
    CHECK(result.lines("broadcast").size() == 3000);
  }
}

TEST_CASE("a process function keeps what it likes and finishes after the last record") {
  struct adder {
    std::uint64_t sum = 0;
    std::uint32_t subtask = 99;
    void open(weir::function_context& context) { subtask = context.subtask(); }
    void process(std::uint64_t x, weir::collector<std::string>&) { sum += x; }
    void finish(weir::collector<std::string>& out) {
      out.emit(std::to_string(subtask) + ":" + std::to_string(sum));
    }
  };
  weir::environment env;
  env.from(weir::generate(1001, [](std::uint64_t i) { return i; }))
      .process<std::string>(adder{})
      .collect("result");
  CHECK(weir::testing::run(env, {.parallelism = 2}).sorted_lines("result") ==
        std::vector<std::string>{"0:124750", "1:375750"});
}

TEST_CASE("an exception of the user fails the run with the operator's name and its message") {
  weir::environment env;
  env.from(weir::generate(10, [](std::uint64_t i) { return i; }))
      .map([](std::uint64_t i) -> std::uint64_t {
        if (i == 7)
          throw std::runtime_error{"seven is not welcome"};
        return i;
      })
      .name("picky")
      .print();
  try {
    weir::testing::run(env);
    FAIL("it ran");
  } catch (const std::runtime_error& failure) {
    CHECK(std::string{failure.what()}.find("picky") != std::string::npos);
    CHECK(std::string{failure.what()}.find("seven is not welcome") != std::string::npos);
  }
}

TEST_CASE("a generated stream has every number once at its rate") {
  weir::environment env;
  env.from(weir::generate(
               200, [](std::uint64_t i) { return i; }, 20'000.0))
      .collect("result");
  auto lines = weir::testing::run(env, {.parallelism = 3}).lines("result");
  CHECK(lines.size() == 200);
  CHECK(sorted(lines) == sorted([] {
          std::vector<std::string> all;
          for (int i = 0; i < 200; ++i)
            all.push_back(std::to_string(i));
          return all;
        }()));
}
