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

TEST_CASE("a list that goes on while its elements expire keeps only those that have not") {
  for (bool stored : {false, true}) {
    CAPTURE(stored);
    manual_states backend;
    if (stored)
      backend.use_stores(64 * 1024);
    std::int64_t now = 1000;
    keyed_states<std::string> states{backend, [&now] { return now; }};
    auto times =
        states.make(weir::list<std::int64_t>("times").expires_after(std::chrono::milliseconds{1000}));
    std::string key = "a";
    states.select(key, hash_key(key));
    auto alive = [&] {
      std::vector<std::int64_t> all;
      for (std::int64_t time = std::max<std::int64_t>(1000, (now - 999 + 1) / 2 * 2); time <= now; time += 2)
        all.push_back(time);
      return all;
    };
    std::uint64_t most = 0, entries = 0;
    for (int round = 0; round < 200; ++round) {
      for (int i = 0; i < 500; ++i, now += 2)
        times.add(now);
      now -= 2;
      states.deselect();
      states.tend();
      most = std::max(most, backend.added.at("times")->memory());
      entries = std::max(entries, backend.added.at("times")->entries());
      states.select(key, hash_key(key));
      REQUIRE(times.get() == alive());
      now += 2;
    }
    CHECK(most < 128 * 1024);
    CHECK(entries < 20);
    if (stored) { // parts that are gone are not looked for
      auto gets = backend.stores.at("times")->gets;
      REQUIRE_FALSE(times.empty());
      CHECK(backend.stores.at("times")->gets - gets < 20);
    }
    now += 2000;
    CHECK(times.empty());
    times.add(1);
    CHECK(times.get() == std::vector<std::int64_t>{1});
    times.clear();
    CHECK(times.empty());
  }
}

TEST_CASE("a list that has expired is not there again in a new one, whatever clocks do") {
  manual_states backend;
  std::int64_t now = 1'000'000;
  keyed_states<std::string> states{backend, [&now] { return now; }};
  auto list = states.make(weir::list<int>("list").expires_after(std::chrono::milliseconds{100}));
  std::string key = "a";
  states.select(key, hash_key(key));
  for (int i = 0; i < 300; ++i)
    list.add(i);
  now = 1000; // set back
  list.add(300);
  now += 100;
  CHECK(list.empty());
  std::vector<int> expected;
  for (int i = 1000; i < 1200; ++i) {
    list.add(i);
    expected.push_back(i);
  }
  CHECK(list.get() == expected);
}

TEST_CASE("elements that are read live longer where reading counts, and no others") {
  manual_states backend;
  std::int64_t now = 1000;
  keyed_states<std::string> states{backend, [&now] { return now; }};
  auto list = states.make(weir::list<int>("list").expires_after(std::chrono::milliseconds{100},
                                                                weir::refresh::on_read_and_write));
  std::string key = "a";
  states.select(key, hash_key(key));
  for (int i = 0; i < 300; ++i)
    list.add(i);
  for (int round = 0; round < 50; ++round) {
    now += 90;
    list.for_each([](int each) { return each < 9; }); // ten of them
  }
  CHECK(list.size() == 10);
  now += 100;
  CHECK(list.empty());
}
