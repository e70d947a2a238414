#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

using namespace weir::testing;

namespace {

struct order {
  std::int64_t customer = 0;
  std::int64_t amount = 0;
  bool operator==(const order&) const = default;
};

struct total {
  std::int64_t customer = 0;
  std::int64_t amount = 0;
  bool operator==(const total&) const = default;
};

/// Written without naming the key's type.
struct adding {
  weir::value_state<std::int64_t> sum;
  void open(auto& context) { sum = context.state(weir::value<std::int64_t>("sum")); }
  void process(const order& bought, auto& context, weir::collector<total>& out) {
    sum.change() += bought.amount;
    out.emit(total{context.key(), *sum.get()});
  }
};

} // namespace

TEST_CASE("a function is told where it runs before its first record") {
  struct place {
    std::string told;
    void open(weir::function_context& context) {
      told = std::to_string(context.subtask()) + "/" + std::to_string(context.parallelism()) + " of " +
             std::to_string(context.max_parallelism()) + " " + context.name() + " " +
             std::to_string(context.job().size()) + " " + std::to_string(context.processing_time());
    }
    void process(std::int64_t, weir::collector<std::string>& out) { out.emit(told); }
  };
  harness<std::string(std::int64_t)> test{
      [](const weir::stream<std::int64_t>& in) { return in.process<std::string>(place{}).name("where"); },
      {.max_parallelism = 16, .processing_time = 77}};
  test.push(1);
  CHECK(test.records() == std::vector<std::string>{"0/1 of 16 where 32 77"});
}

TEST_CASE("finish comes after the last record, and close at every end") {
  struct marks {
    std::shared_ptr<std::string> seen;
    void process(std::int64_t n, weir::collector<std::int64_t>&) {
      *seen += "p";
      if (n < 0)
        throw std::runtime_error{"negative"};
    }
    void finish(weir::collector<std::int64_t>& out) {
      *seen += "f";
      out.emit(99);
    }
    void close() { *seen += "c"; }
  };
  auto seen = std::make_shared<std::string>();
  auto make = [seen](const weir::stream<std::int64_t>& in) { return in.process<std::int64_t>(marks{seen}); };
  SUBCASE("after the end") {
    harness<std::int64_t(std::int64_t)> test{make};
    test.push(1);
    test.end();
    CHECK(test.records() == std::vector<std::int64_t>{99});
    CHECK(*seen == "pf");
  }
  SUBCASE("after a failure") {
    harness<std::int64_t(std::int64_t)> test{make};
    CHECK_THROWS_WITH_AS(test.push(-1), "operator 'process': negative", std::runtime_error);
    CHECK(*seen == "p");
  }
  CHECK(seen->back() == 'c');
}

TEST_CASE("functions of map, filter and flat_map may have a life of their own") {
  struct life {
    std::shared_ptr<std::string> seen;
    std::string name;
    weir::sum_accumulator<std::int64_t> calls;
    weir::operator_list<std::int64_t> all;
    void open(weir::function_context& context) {
      name = context.name();
      calls = context.accumulators().sum("calls");
      all = context.operator_state(weir::list<std::int64_t>("all"));
      *seen += "open " + name + ", ";
    }
    void close() { *seen += "close " + name + ", "; }
    std::int64_t count(std::int64_t number) {
      calls.add(1);
      all.add(number);
      return static_cast<std::int64_t>(all.size());
    }
  };
  struct counting_map : life {
    std::int64_t operator()(std::int64_t number) { return 100 * number + count(number); }
  };
  struct counting_filter : life {
    bool operator()(const std::int64_t& number) { return count(number) % 2 == 0; }
  };
  struct counting_flat_map : life {
    void operator()(std::int64_t number, weir::collector<std::int64_t>& out) {
      for (std::int64_t i = count(number); i > 0; --i)
        out.emit(number);
    }
  };
  auto seen = std::make_shared<std::string>();
  auto make = [seen](const weir::stream<std::int64_t>& in) {
    return in.map(counting_map{{seen}})
        .map([](std::int64_t number) { return number; })
        .filter(counting_filter{{seen}})
        .flat_map<std::int64_t>(counting_flat_map{{seen}});
  };
  std::string snapshot;
  {
    harness<std::int64_t(std::int64_t)> test{make};
    CHECK(*seen == "open flat_map, open filter, open map, ");
    for (std::int64_t i = 1; i <= 4; ++i)
      test.push(i, 10 * i);
    CHECK(test.output() == std::vector<timed<std::int64_t>>{{202, 20}, {404, 40}, {404, 40}});
    CHECK(test.accumulator("calls") == "10");
    snapshot = test.snapshot();
    seen->clear();
  }
  CHECK(*seen == "close map, close filter, close flat_map, ");
  harness<std::int64_t(std::int64_t)> test{make, {.snapshot = snapshot}};
  test.push(5);
  test.push(6);
  CHECK(test.records() == std::vector<std::int64_t>{606, 606, 606});
}

TEST_CASE("state of a key is there again at another parallelism, with both backends") {
  auto make = [](const weir::stream<order>& orders) {
    return orders.key_by(&order::customer).process<total>(adding{});
  };
  std::string snapshot;
  for (std::uint32_t parallelism : {1, 3, 2}) {
    for (backend kind : {backend::hashmap, backend::leveldb}) {
      harness<total(order)> test{make, {.parallelism = parallelism, .state = kind, .snapshot = snapshot}};
      std::int64_t expected = snapshot.empty() ? 5 : 10;
      for (std::int64_t customer = 0; customer < 50; ++customer)
        test.push({customer, 5});
      auto totals = test.records();
      REQUIRE(totals.size() == 50);
      for (const total& each : totals)
        CHECK(each.amount == expected);
      if (snapshot.empty())
        snapshot = test.snapshot();
    }
  }
}

TEST_CASE("records of side outputs go to those who read them, with the time of their record") {
  weir::side_output<std::string> large{"large"};
  weir::side_output<std::int64_t> unread{"unread"};
  struct sorting {
    weir::side_output<std::string> large;
    weir::side_output<std::int64_t> unread;
    void process(const order& bought, weir::record_context& context, weir::collector<order>& out) {
      context.side(unread).emit(bought.amount);
      if (bought.amount > 10)
        context.side(large).emit("from " + std::to_string(bought.customer));
      else
        out.emit(bought);
    }
  };
  harness<order(order)> test{[&](const weir::stream<order>& orders) {
                               return orders.process<order>(sorting{large, unread});
                             },
                             {},
                             large};
  test.push({1, 5}, 100);
  test.push({2, 50}, 200);
  test.push({3, 70});
  CHECK(test.output() == std::vector<timed<order>>{{{1, 5}, 100}});
  CHECK(test.side_output_of(large) == std::vector<timed<std::string>>{{"from 2", 200}, {"from 3"}});
}

TEST_CASE("a side output has one type") {
  weir::environment env;
  auto numbers = env.from(weir::from_elements({1, 2, 3}))
                     .process<int>([](int n, weir::record_context& context, weir::collector<int>&) {
                       context.side(weir::side_output<double>{"odd"}).emit(n);
                     });
  auto odd = numbers.side(weir::side_output<std::string>{"odd"});
  CHECK_THROWS_WITH_AS((void)numbers.side(weir::side_output<int>{"odd"}),
                       doctest::Contains("is read as string and as"), std::invalid_argument);
  odd.collect("odd");
  CHECK_THROWS_WITH_AS(run(env), doctest::Contains("has records of type string, but is used for f64"),
                       std::runtime_error);
}

TEST_CASE("accumulators are put together over subtasks and operators") {
  struct counting {
    weir::sum_accumulator<std::int64_t> count;
    weir::maximum_accumulator<double> greatest;
    weir::minimum_accumulator<std::int64_t> least;
    weir::average_accumulator average;
    weir::histogram spread;
    void open(weir::function_context& context) {
      auto of = context.accumulators();
      count = of.sum("count");
      greatest = of.maximum<double>("greatest");
      least = of.minimum("least");
      average = of.average("average");
      spread = of.histogram("spread");
    }
    void process(const order& bought, weir::collector<order>& out) {
      count.add(1);
      greatest.add(static_cast<double>(bought.amount));
      least.add(bought.amount);
      average.add(static_cast<double>(bought.amount));
      spread.record(static_cast<double>(bought.amount));
      out.emit(bought);
    }
  };
  harness<order(order)> test{
      [](const weir::stream<order>& orders) {
        return orders.process<order>(counting{}).rebalance().process<order>(counting{});
      },
      {.parallelism = 3}};
  for (std::int64_t i = 1; i <= 10; ++i)
    test.push({i, i});
  CHECK(test.records().size() == 10);
  CHECK(test.accumulator("count") == "20");
  CHECK(test.accumulator("greatest") == "10");
  CHECK(test.accumulator("least") == "1");
  CHECK(test.accumulator("average") == "5.5");
  CHECK(test.accumulator("spread").starts_with("count=20 min=1 max=10 mean=5.5 "));
}

TEST_CASE("the same accumulator with two kinds is refused by name") {
  struct confused {
    void open(weir::function_context& context) {
      (void)context.accumulators().sum("n");
      (void)context.accumulators().average("n");
    }
    void process(std::int64_t, weir::collector<std::int64_t>&) {}
  };
  CHECK_THROWS_WITH_AS((harness<std::int64_t(std::int64_t)>{[](const weir::stream<std::int64_t>& in) {
                         return in.process<std::int64_t>(confused{});
                       }}),
                       doctest::Contains("\"n\" is there with another kind"), std::runtime_error);
}

TEST_CASE("a harness leaves no files behind, also when it refuses its snapshot") {
  namespace fs = std::filesystem;
  const char* usual = std::getenv("TMPDIR");
  std::string before = usual ? usual : "/tmp";
  fs::path folder = fs::temp_directory_path() / ("weir-process-test-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  ::setenv("TMPDIR", folder.c_str(), 1);
  {
    auto make = [](const weir::stream<order>& orders) {
      return orders.key_by(&order::customer).process<total>(adding{});
    };
    harness<total(order)> test{make, {.state = backend::leveldb}};
    test.push({1, 1});
    CHECK_FALSE(fs::is_empty(folder));
    std::string damaged = test.snapshot();
    damaged[damaged.size() / 2] ^= 1;
    CHECK_THROWS_AS((harness<total(order)>{make, {.snapshot = damaged}}), std::runtime_error);
  }
  CHECK(fs::is_empty(folder));
  ::setenv("TMPDIR", before.c_str(), 1);
  fs::remove_all(folder);
}
