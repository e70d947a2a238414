#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

struct payment {
  std::string customer;
  std::int64_t amount = 0;
};

struct limit {
  std::string customer;
  std::int64_t most = 0;
};

/// Tells of payments that are above the customer's limit, if it is known in time.
struct watching {
  weir::value_state<std::int64_t> most;
  weir::list_state<std::int64_t> early;

  void open(weir::keyed_function_context<std::string>& context) {
    most = context.state(weir::value<std::int64_t>("most"));
    early = context.state(weir::list<std::int64_t>("early"));
  }
  void process1(const payment& paid, weir::keyed_context<std::string>& context,
                weir::collector<std::string>& out) {
    if (!most.has_value()) {
      early.add(paid.amount);
      context.timers().event(context.timestamp() + 100);
    } else {
      judge(paid.amount, context.key(), out);
    }
  }
  void process2(const limit& set, weir::keyed_context<std::string>& context,
                weir::collector<std::string>& out) {
    most.set(set.most);
    early.for_each([&](std::int64_t amount) { judge(amount, context.key(), out); });
    early.clear();
  }
  void on_timer(std::int64_t, weir::keyed_context<std::string>& context, weir::collector<std::string>& out) {
    if (!early.empty())
      out.emit(context.key() + " has no limit");
    early.clear();
  }

private:
  void judge(std::int64_t amount, const std::string& who, weir::collector<std::string>& out) const {
    if (amount > *most.get())
      out.emit(who + " " + std::to_string(amount));
  }
};

auto watched(const weir::stream<payment>& payments, const weir::stream<limit>& limits) {
  return payments.key_by(&payment::customer)
      .connect(limits.key_by(&limit::customer))
      .process<std::string>(watching{});
}

struct telling_subtask {
  std::int64_t subtask = -1;
  void open(weir::function_context& context) { subtask = context.subtask(); }
  std::int64_t operator()(const auto&) const { return subtask; }
};

} // namespace

TEST_CASE("records of two keyed streams meet in the state and the timers of their key") {
  harness<std::string(payment, limit)> test{watched, {.parallelism = 2}};
  test.push<1>({"anna", 10});
  test.push<0>({"anna", 5}, 1);
  test.push<0>({"anna", 50}, 2);
  CHECK(test.records() == std::vector<std::string>{"anna 50"});
  test.push<0>({"bert", 70}, 3);
  CHECK(test.records().empty());

  harness<std::string(payment, limit)> restored{watched, {.parallelism = 3, .snapshot = test.snapshot()}};
  restored.push<0>({"carl", 1}, 4);
  restored.push<1>({"bert", 60});
  CHECK(restored.records() == std::vector<std::string>{"bert 70"});
  restored.watermark_of<0>(1'000);
  CHECK(restored.records().empty()); // event time is the lesser of the two
  restored.watermark_of<1>(1'000);
  CHECK(restored.records() == std::vector<std::string>{"carl has no limit"});
}

TEST_CASE("an idle stream does not hold back the time of a connected one") {
  harness<std::string(payment, limit)> test{watched};
  test.push<0>({"carl", 1}, 4);
  test.watermark_of<0>(1'000);
  CHECK(test.records().empty());
  test.idle<1>();
  CHECK(test.records() == std::vector<std::string>{"carl has no limit"});
}

TEST_CASE("connected streams map and flat_map with a function for each") {
  harness<std::int64_t(payment, limit)> mapped{
      [](const weir::stream<payment>& payments,
         const weir::stream<limit>& limits) -> weir::stream<std::int64_t> {
        return payments.connect(limits).map([](const payment& paid) { return paid.amount; },
                                            [](const limit& set) { return -set.most; });
      }};
  mapped.push<0>({"a", 5}, 7);
  mapped.push<1>({"a", 6}, 8);
  CHECK(mapped.output() == std::vector<timed<std::int64_t>>{{5, 7}, {-6, 8}});

  harness<std::string(payment, limit)> flat{
      [](const weir::stream<payment>& payments, const weir::stream<limit>& limits) {
        return payments.connect(limits).flat_map<std::string>(
            [](const payment& paid, weir::collector<std::string>& out) {
              for (std::int64_t i = 0; i < paid.amount; ++i)
                out.emit(paid.customer);
            },
            [](const limit&, weir::collector<std::string>&) {});
      }};
  flat.push<0>({"a", 2});
  flat.push<1>({"b", 2});
  CHECK(flat.records() == std::vector<std::string>{"a", "a"});
}

TEST_CASE("two functions of connected streams may ask their context") {
  harness<std::string(payment, limit)> test{
      [](const weir::stream<payment>& payments, const weir::stream<limit>& limits) {
        return payments.key_by(&payment::customer)
            .connect(limits.key_by(&limit::customer))
            .process<std::string>([](const payment&, weir::keyed_context<std::string>& context,
                                     weir::collector<std::string>& out) { out.emit(context.key() + " 1"); },
                                  [](const limit&, weir::keyed_context<std::string>& context,
                                     weir::collector<std::string>& out) { out.emit(context.key() + " 2"); });
      }};
  test.push<0>({"a", 2});
  test.push<1>({"b", 2});
  CHECK(test.records() == std::vector<std::string>{"a 1", "b 2"});
}

TEST_CASE("two functions of connected streams are opened and closed, with the state of the key they share") {
  struct shared {
    std::shared_ptr<std::string> seen;
    weir::value_state<std::int64_t> sum;
    void open(weir::keyed_function_context<std::string>& context) {
      *seen += "o";
      sum = context.state(weir::value<std::int64_t>(*seen));
    }
    void close() { *seen += "c"; }
  };
  struct paying : shared {
    void operator()(const payment& paid, weir::collector<std::string>& out) {
      out.emit("paid " + std::to_string(sum.change() += paid.amount));
    }
  };
  struct limiting : shared {
    void operator()(const limit& set, weir::collector<std::string>& out) {
      out.emit("limits " + std::to_string(sum.change() += set.most));
    }
  };
  auto seen = std::make_shared<std::string>();
  {
    harness<std::string(payment, limit)> test{
        [&](const weir::stream<payment>& payments, const weir::stream<limit>& limits) {
          return payments.key_by(&payment::customer)
              .connect(limits.key_by(&limit::customer))
              .process<std::string>(paying{{seen}}, limiting{{seen}});
        }};
    test.push<0>({"a", 2});
    test.push<1>({"a", 5});
    test.push<0>({"a", 3});
    CHECK(test.records() == std::vector<std::string>{"paid 2", "limits 5", "paid 5"});
  }
  CHECK(*seen == "oocc");

  harness<std::int64_t(payment, limit)> test{
      [](const weir::stream<payment>& payments, const weir::stream<limit>& limits) {
        return payments.connect(limits).map(telling_subtask{}, telling_subtask{});
      }};
  test.push<0>({"a", 2});
  test.push<1>({"a", 5});
  CHECK(test.records() == std::vector<std::int64_t>{0, 0});
}
