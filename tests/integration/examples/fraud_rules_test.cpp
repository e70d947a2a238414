#include "examples/fraud_rules.cpp"

#include "../example_run.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

/// The rule of a name that holds at a time: the last one that had begun. nullptr when none had.
const rule* in_force(const std::vector<rule>& rules, const std::string& name, std::int64_t at) {
  const rule* last = nullptr;
  for (const rule& each : rules)
    if (each.name == name && each.from <= at && (!last || each.from > last->from))
      last = &each;
  return last;
}

/// For each card and time at which it was used, adds up what it spent before by every rule.
std::vector<std::string> by_plain_loops(const std::vector<transaction>& transactions,
                                        const std::vector<rule>& rules) {
  std::map<std::string, std::vector<transaction>> by_card;
  for (const transaction& each : transactions)
    by_card[each.card].push_back(each);
  std::set<std::string> lines; // two transactions of one time are told once
  for (const auto& [card, all] : by_card)
    for (const transaction& each : all)
      for (const char* name : {"minute", "hour"}) {
        const rule* holds = in_force(rules, name, each.at);
        if (!holds)
          continue;
        std::int64_t spent = 0;
        for (const transaction& other : all)
          if (other.at <= each.at && other.at > each.at - holds->seconds * 1000)
            spent += other.amount;
        if (spent > holds->most)
          lines.insert(line_of(each.at, card, std::string{name}, spent));
      }
  return {lines.begin(), lines.end()};
}

} // namespace

TEST_CASE("fraud_rules tells what plain loops over all transactions and rules find") {
  constexpr std::uint64_t events = 50'000;
  std::vector<transaction> transactions;
  for (std::uint64_t n = 0; n < events; ++n)
    transactions.push_back(made_up_transaction(n));
  std::vector<rule> rules;
  for (std::uint64_t n = 0; n < events / 900 + 2; ++n)
    rules.push_back(made_up_rule(n));
  std::vector<std::string> expected = by_plain_loops(transactions, rules);
  REQUIRE(expected.size() > 1'000);

  test_cluster cluster;
  for (const std::string& backend : backends) {
    INFO(backend);
    example_run run{cluster, backend, "fraud_rules", {"--events=" + std::to_string(events)}};
    CHECK(difference(expected, run.lines()) == "");
  }
}
