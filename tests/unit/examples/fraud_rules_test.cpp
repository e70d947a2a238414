#include "examples/fraud_rules.cpp"

#include <weir/testing.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace {

struct fraud_test : weir::testing::harness<alert(transaction, rule)> {
  explicit fraud_test(const weir::testing::harness_options& options = {}) : harness{alerts, options} {}

  /// Times in seconds.
  void spend(std::int64_t at, std::int64_t amount, const std::string& card = "card") {
    push<0>({at * 1000, card, amount}, at * 1000);
  }
  void rule_from(std::int64_t from, const std::string& name, std::int64_t most, std::int64_t seconds) {
    push<1>({from * 1000, name, most, seconds}, from * 1000);
  }

  using told = std::tuple<std::int64_t, std::string, std::string, std::int64_t>;
  std::vector<told> found() {
    std::vector<told> all;
    for (const alert& each : records())
      all.emplace_back(each.at / 1000, each.card, each.broken, each.spent);
    std::ranges::sort(all); // rules come in no particular order
    return all;
  }
};

using all_told = std::vector<fraud_test::told>;

} // namespace

TEST_CASE("a card that spends more than a rule allows in its time is told") {
  fraud_test test;
  test.rule_from(0, "minute", 100, 60);
  test.spend(10, 60);
  test.spend(69, 40);
  test.spend(70, 61); // the first is a minute ago
  test.spend(69, 500, "other card");
  test.end();
  CHECK(test.found() == all_told{{69, "other card", "minute", 500}, {70, "card", "minute", 101}});
}

TEST_CASE("a transaction is judged by the rules of its time, whichever are known by then") {
  fraud_test test;
  test.rule_from(100, "minute", 10, 60);
  test.spend(99, 50);
  test.spend(100, 50);
  test.spend(300, 50);
  test.rule_from(0, "minute", 1000, 60);
  test.rule_from(200, "minute", 50, 60);
  test.end();
  CHECK(test.found() == all_told{{100, "card", "minute", 100}});
}

TEST_CASE("every rule is judged for itself") {
  fraud_test test;
  test.rule_from(0, "minute", 10, 60);
  test.rule_from(0, "hour", 25, 3600);
  test.spend(0, 15);
  test.spend(120, 15);
  test.end();
  CHECK(test.found() ==
        all_told{{0, "card", "minute", 15}, {120, "card", "hour", 30}, {120, "card", "minute", 15}});
}

TEST_CASE("rules hold in every subtask, and after a restart") {
  fraud_test first{{.parallelism = 2}};
  first.rule_from(0, "minute", 10, 60);
  for (int card = 0; card < 8; ++card)
    first.spend(5, 6, std::to_string(card));
  fraud_test second{
      {.parallelism = 3, .state = weir::testing::backend::leveldb, .snapshot = first.snapshot()}};
  all_told expected;
  for (int card = 0; card < 8; ++card) {
    second.spend(6, 6, std::to_string(card));
    expected.emplace_back(6, std::to_string(card), "minute", 12);
  }
  second.end();
  CHECK(second.found() == expected);
}

TEST_CASE("a rule that looks back further than transactions are kept is refused by name") {
  fraud_test test;
  CHECK_THROWS_WITH_AS(test.rule_from(0, "day", 10, 24 * 3600),
                       doctest::Contains("rule 'day' looks back further than an hour"), std::runtime_error);
}
