#include "manual_states.hpp"

#include <weir/detail/hash.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/state.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using weir::detail::hash_key;
using weir::detail::keyed_states;

namespace {

struct mean {
  struct accumulator {
    double sum = 0;
    std::int64_t count = 0;
  };
  static void add(accumulator& to, double value) {
    to.sum += value;
    ++to.count;
  }
  static double result(const accumulator& of) { return of.sum / static_cast<double>(of.count); }
};

struct fixture {
  manual_states backend;
  std::int64_t now = 1000;
  keyed_states<std::string> states{backend, [this] { return now; }};
  std::string current;

  void key(std::string of) {
    current = std::move(of);
    states.select(current, hash_key(current));
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a value belongs to the current key") {
  auto clicks = states.make(weir::value<std::int64_t>("clicks"));
  key("a");
  CHECK(clicks.get() == nullptr);
  CHECK(clicks.get_or(7) == 7);
  ++clicks.change();
  ++clicks.change();
  key("b");
  CHECK_FALSE(clicks.has_value());
  clicks.set(40);
  key("a");
  CHECK(clicks.get_or(0) == 2);
  clicks.clear();
  CHECK_FALSE(clicks.has_value());
  key("b");
  CHECK(*clicks.get() == 40);
}

TEST_CASE_FIXTURE(fixture, "a list keeps the order of its elements per key") {
  auto words = states.make(weir::list<std::string>("words"));
  key("a");
  CHECK(words.empty());
  words.add("x");
  words.add("y");
  key("b");
  words.set(std::vector<std::string>{"z"});
  CHECK(words.size() == 1);
  key("a");
  CHECK(words.get() == std::vector<std::string>{"x", "y"});
  int seen = 0;
  words.for_each([&](const std::string&) { return ++seen < 1; });
  CHECK(seen == 1);
  words.clear();
  CHECK(words.empty());
  CHECK(words.size() == 0);
}

TEST_CASE_FIXTURE(fixture, "a map has entries of its own per key") {
  auto counts = states.make(weir::map<std::string, std::int64_t>("counts"));
  key("a");
  CHECK(counts.empty());
  counts.put("x", 1);
  ++counts.change("x");
  ++counts.change("y");
  key("b");
  CHECK_FALSE(counts.contains("x"));
  counts.put("x", 9);
  key("a");
  auto keys = counts.keys();
  std::ranges::sort(keys);
  CHECK(keys == std::vector<std::string>{"x", "y"});
  CHECK(counts.get_or("x", 0) == 2);
  CHECK(counts.remove("x"));
  CHECK_FALSE(counts.remove("x"));
  counts.clear();
  CHECK(counts.empty());
  key("b");
  CHECK(*counts.get("x") == 9);
}

TEST_CASE_FIXTURE(fixture, "reducing and aggregating states fold what is added") {
  auto greatest = states.make(weir::reducing<std::int64_t>(
      "greatest", [](std::int64_t a, std::int64_t b) { return std::max(a, b); }));
  auto average = states.make(weir::aggregating<double, mean::accumulator, double>("average", mean{}));
  key("a");
  CHECK(greatest.get() == nullptr);
  CHECK_FALSE(average.get());
  for (int value : {3, 8, 1}) {
    greatest.add(value);
    average.add(value);
  }
  CHECK(*greatest.get() == 8);
  CHECK(*average.get() == 4);
  key("b");
  CHECK(greatest.get() == nullptr);
  key("a");
  greatest.clear();
  average.clear();
  CHECK(greatest.get() == nullptr);
  CHECK_FALSE(average.get());
}

TEST_CASE_FIXTURE(
    fixture, "a state without a current key, an unopened one and a name used twice are errors that say so") {
  auto clicks = states.make(weir::value<std::int64_t>("clicks"));
  CHECK_THROWS_WITH_AS(clicks.set(1), doctest::Contains("state 'clicks'"), std::logic_error);
  key("a");
  clicks.set(1);
  states.deselect();
  CHECK_THROWS_WITH_AS((void)clicks.get(), doctest::Contains("no current key"), std::logic_error);
  weir::value_state<int> unopened;
  CHECK_THROWS_WITH_AS(unopened.set(1), doctest::Contains("before it was opened"), std::logic_error);
  CHECK_THROWS_WITH_AS(states.make(weir::list<int>("clicks")), doctest::Contains("'clicks'"),
                       std::invalid_argument);
  CHECK_THROWS_AS((void)weir::value<int>("n").expires_after(std::chrono::milliseconds{0}),
                  std::invalid_argument);
  CHECK_THROWS_AS((void)weir::value<int>(""), std::invalid_argument);
}
