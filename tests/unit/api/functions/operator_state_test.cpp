#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

struct line {
  std::int64_t number = 0;
  std::string text;
  bool operator==(const line&) const = default;
};

/// Gathers lines, and gives them away when number 0 comes.
struct gathering {
  weir::operator_list<line> gathered;
  void open(weir::function_context& context) {
    gathered = context.operator_state(weir::list<line>("gathered"));
  }
  void process(const line& one, weir::collector<line>& out) {
    if (one.number != 0)
      return gathered.add(one);
    for (const line& each : gathered.get())
      out.emit(each);
    gathered.clear();
  }
  void finish(weir::collector<line>& out) { process({}, out); }
};

/// Tells what it knows at its begin, once for each subtask.
struct remembering {
  weir::operator_list<std::int64_t> seen;
  void open(weir::function_context& context) { seen = context.union_state(weir::list<std::int64_t>("seen")); }
  void process(std::int64_t one, weir::collector<std::int64_t>&) { seen.add(one); }
  void finish(weir::collector<std::int64_t>& out) {
    for (std::int64_t each : seen.get())
      out.emit(each);
  }
};

/// Lists of its subtask beside state of its keys.
struct both {
  weir::operator_list<std::int64_t> all;
  weir::value_state<std::int64_t> last;
  void open(auto& context) {
    all = context.operator_state(weir::list<std::int64_t>("all"));
    last = context.state(weir::value<std::int64_t>("last"));
  }
  void process(const line& one, weir::collector<std::int64_t>& out) {
    all.add(one.number);
    out.emit(last.get_or(0));
    last.set(one.number);
  }
  void finish(weir::collector<std::int64_t>& out) { out.emit(static_cast<std::int64_t>(all.size())); }
};

weir::stream<line> gathered(const weir::stream<line>& lines) {
  return lines.rebalance().process<line>(gathering{});
}

weir::stream<std::int64_t> remembered(const weir::stream<std::int64_t>& numbers) {
  return numbers.rebalance().process<std::int64_t>(remembering{});
}

std::vector<std::int64_t> numbers_of(const std::vector<line>& lines) {
  std::vector<std::int64_t> numbers;
  for (const line& each : lines) {
    CHECK(each.text == "line " + std::to_string(each.number));
    numbers.push_back(each.number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

} // namespace

TEST_CASE("lists of subtasks lose nothing and double nothing over snapshots at any parallelism") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    auto options = [&] {
      return harness_options{.parallelism = static_cast<std::uint32_t>(1 + random() % 4),
                             .state = random() % 4 == 0 ? backend::leveldb : backend::hashmap};
    };
    auto test = std::make_unique<harness<line(line)>>(gathered, options());
    std::vector<std::int64_t> expected;
    for (int step = 1; step < 60; ++step) {
      if (random() % 10 == 0) {
        auto next = options();
        next.snapshot = test->snapshot();
        test = std::make_unique<harness<line(line)>>(gathered, next);
      } else {
        test->push({step, "line " + std::to_string(step)});
        expected.push_back(step);
      }
    }
    test->end();
    CHECK(numbers_of(test->records()) == expected);
  }
}

TEST_CASE("a list that is split over more subtasks goes to all of them") {
  harness<line(line)> one{gathered};
  for (std::int64_t number = 1; number <= 4; ++number)
    one.push({number, "line " + std::to_string(number)});
  harness<line(line)> two{gathered, {.parallelism = 2, .snapshot = one.snapshot()}};
  two.push({0, ""}); // to one of the two, in turn
  CHECK(two.records().size() == 2);
  two.push({0, ""});
  CHECK(two.records().size() == 2);
}

TEST_CASE("each subtask gets the whole of a union list") {
  harness<std::int64_t(std::int64_t)> two{remembered, {.parallelism = 2}};
  for (std::int64_t number : {1, 2, 3})
    two.push(number);
  harness<std::int64_t(std::int64_t)> three{remembered, {.parallelism = 3, .snapshot = two.snapshot()}};
  three.end();
  std::vector<std::int64_t> found = three.records();
  std::ranges::sort(found);
  CHECK(found == std::vector<std::int64_t>{1, 1, 1, 2, 2, 2, 3, 3, 3});
}

TEST_CASE("a list of another type than the snapshot's is refused, and both are named") {
  harness<line(line)> test{gathered};
  test.push({1, "line 1"});
  auto numbers = [](const weir::stream<line>& lines) {
    struct other {
      weir::operator_list<std::int64_t> gathered;
      void open(weir::function_context& context) {
        gathered = context.operator_state(weir::list<std::int64_t>("gathered"));
      }
      void process(const line&, weir::collector<line>&) {}
    };
    return lines.rebalance().process<line>(other{});
  };
  std::string refusal;
  try {
    harness<line(line)> next{numbers, {.snapshot = test.snapshot()}};
  } catch (const std::runtime_error& thrown) {
    refusal = thrown.what();
  }
  CAPTURE(refusal);
  CHECK(refusal.find("gathered") != std::string::npos);
  CHECK(refusal.find("stored with values of type struct{i64,string}") != std::string::npos);
  CHECK(refusal.find("it has values of type i64") != std::string::npos);
}

TEST_CASE("a list that was not opened, is opened twice or expires is refused") {
  CHECK_THROWS_AS((void)weir::operator_list<int>{}.size(), std::logic_error);

  struct twice {
    void open(weir::function_context& context) {
      (void)context.operator_state(weir::list<int>("same"));
      (void)context.union_state(weir::list<int>("same"));
    }
    void process(int, weir::collector<int>&) {}
  };
  CHECK_THROWS_WITH_AS(
      (harness<int(int)>{[](const weir::stream<int>& in) { return in.process<int>(twice{}); }}),
      doctest::Contains("same"), std::runtime_error);

  struct expiring {
    void open(weir::function_context& context) {
      (void)context.operator_state(weir::list<int>("short").expires_after(std::chrono::hours{1}));
    }
    void process(int, weir::collector<int>&) {}
  };
  CHECK_THROWS_WITH_AS(
      (harness<int(int)>{[](const weir::stream<int>& in) { return in.process<int>(expiring{}); }}),
      doctest::Contains("operator state 'short' cannot expire"), std::runtime_error);
}

TEST_CASE("a function of a keyed stream may have lists of its subtask beside state of its keys") {
  auto piece = [](const weir::stream<line>& lines) {
    return lines.key_by(&line::text).process<std::int64_t>(both{});
  };
  harness<std::int64_t(line)> first{piece};
  first.push({1, "a"});
  first.push({2, "b"});
  harness<std::int64_t(line)> second{piece, {.snapshot = first.snapshot()}};
  second.push({3, "a"});
  second.end();
  CHECK(second.records() == std::vector<std::int64_t>{1, 3});
}
