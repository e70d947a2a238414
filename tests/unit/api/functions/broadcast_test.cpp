#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

struct click {
  std::int64_t user = 0;
  std::int64_t page = 0;
};

/// How often a page may be seen by one user; removed when it is 0.
struct rule {
  std::int64_t page = 0;
  std::int64_t most = 0;
};

struct enforcing {
  weir::map_descriptor<std::int64_t, std::int64_t> rules = weir::map<std::int64_t, std::int64_t>("rules");
  weir::value_descriptor<std::int64_t> changes = weir::value<std::int64_t>("changes");
  weir::map_state<std::int64_t, std::int64_t> seen;

  void open(weir::keyed_function_context<std::int64_t>& context) {
    seen = context.state(weir::map<std::int64_t, std::int64_t>("seen"));
  }
  void process_keyed(const click& done, auto& context, weir::collector<std::string>& out) {
    std::int64_t times = ++seen.change(done.page);
    const std::int64_t* most = context.broadcast(rules).get(done.page);
    if (most && times > *most)
      out.emit(std::to_string(context.key()) + " saw " + std::to_string(done.page) + " by change " +
               std::to_string(context.broadcast(changes).get_or(0)));
  }
  void process_broadcast(const rule& set, auto& context, weir::collector<std::string>&) {
    if (set.most == 0)
      context.broadcast(rules).remove(set.page);
    else
      context.broadcast(rules).put(set.page, set.most);
    context.broadcast(changes).set(context.broadcast(changes).get_or(0) + 1);
  }
};

struct counting_rules {
  weir::map_descriptor<std::int64_t, std::int64_t> rules = weir::map<std::int64_t, std::int64_t>("rules");
  void process_record(const click&, auto& context, weir::collector<std::int64_t>& out) {
    out.emit(static_cast<std::int64_t>(context.broadcast(rules).size()));
  }
  void process_broadcast(const rule& set, auto& context, weir::collector<std::int64_t>&) {
    context.broadcast(rules).put(set.page, set.most);
  }
};

struct misplaced {
  weir::value_state<std::int64_t> state;
  void open(weir::keyed_function_context<std::int64_t>& context) {
    state = context.state(weir::value<std::int64_t>("state"));
  }
  void process_keyed(const click&, auto&, weir::collector<std::int64_t>&) { state.set(1); }
  void process_broadcast(const rule&, auto&, weir::collector<std::int64_t>&) { state.set(1); }
};

struct unnamed {
  void process_record(const click&, auto& context, weir::collector<std::int64_t>& out) {
    out.emit(context.broadcast(weir::value<std::int64_t>("other")).get_or(0));
  }
  void process_broadcast(const rule&, auto&, weir::collector<std::int64_t>&) {}
};

auto enforced(const weir::stream<click>& clicks, const weir::stream<rule>& rules) {
  return clicks.key_by(&click::user)
      .connect(rules.broadcast_state(weir::map<std::int64_t, std::int64_t>("rules"),
                                     weir::value<std::int64_t>("changes")))
      .process<std::string>(enforcing{});
}

} // namespace

TEST_CASE("rules that are broadcast hold for every key, across snapshots, backends and parallelisms") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    auto options = [&] {
      return harness_options{.parallelism = static_cast<std::uint32_t>(1 + random() % 4),
                             .max_parallelism = 8,
                             .state = random() % 4 == 0 ? backend::leveldb : backend::hashmap};
    };
    auto test = std::make_unique<harness<std::string(click, rule)>>(enforced, options());
    std::map<std::int64_t, std::int64_t> rules;
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> seen;
    std::int64_t changes = 0;
    for (int step = 0; step < 200; ++step) {
      auto page = static_cast<std::int64_t>(random() % 5);
      if (random() % 30 == 0) {
        auto next = options();
        next.snapshot = test->snapshot();
        test = std::make_unique<harness<std::string(click, rule)>>(enforced, next);
      } else if (random() % 4 == 0) {
        auto most = static_cast<std::int64_t>(random() % 4);
        test->push<1>({page, most});
        ++changes;
        if (most == 0)
          rules.erase(page);
        else
          rules[page] = most;
      } else {
        auto user = static_cast<std::int64_t>(random() % 10);
        test->push<0>({user, page});
        std::vector<std::string> expected;
        if (++seen[{user, page}] > (rules.contains(page) ? rules[page] : 1'000))
          expected = {std::to_string(user) + " saw " + std::to_string(page) + " by change " +
                      std::to_string(changes)};
        REQUIRE(test->records() == expected);
      }
    }
  }
}

TEST_CASE("a stream without keys reads broadcast state too") {
  harness<std::int64_t(click, rule)> test{
      [](const weir::stream<click>& clicks, const weir::stream<rule>& rules) {
        return clicks.connect(rules.broadcast_state(weir::map<std::int64_t, std::int64_t>("rules")))
            .process<std::int64_t>(counting_rules{});
      },
      {.parallelism = 3}};
  test.push<0>({1, 1});
  test.push<1>({1, 1});
  test.push<1>({2, 1});
  for (int i = 0; i < 3; ++i)
    test.push<0>({1, 1});
  CHECK(test.records() == std::vector<std::int64_t>{0, 2, 2, 2});
}

TEST_CASE("keyed state cannot be used for a record of the broadcast stream") {
  harness<std::int64_t(click, rule)> test{
      [](const weir::stream<click>& clicks, const weir::stream<rule>& rules) {
        return clicks.key_by(&click::user)
            .connect(rules.broadcast_state(weir::value<std::int64_t>("x")))
            .process<std::int64_t>(misplaced{});
      }};
  test.push<0>({1, 1});
  CHECK_THROWS_WITH_AS(test.push<1>({1, 1}), doctest::Contains("there is no current key"),
                       std::runtime_error);
}

TEST_CASE("a broadcast state that was not named is refused by name") {
  harness<std::int64_t(click, rule)> test{
      [](const weir::stream<click>& clicks, const weir::stream<rule>& rules) {
        return clicks.connect(rules.broadcast_state(weir::value<std::int64_t>("x")))
            .process<std::int64_t>(unnamed{});
      }};
  CHECK_THROWS_WITH_AS(test.push<0>({1, 1}),
                       doctest::Contains("\"other\" is no broadcast state of this type"), std::runtime_error);
}
