#include "examples/enrich_orders.cpp"

#include "../example_run.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

/// Looks through all prices for each order.
std::vector<std::string> by_plain_loops(const std::vector<order>& orders, const std::vector<price>& prices) {
  std::vector<std::string> lines;
  std::set<std::int64_t> ids;
  for (const order& each : orders) {
    if (!ids.insert(each.id).second)
      continue;
    std::int64_t from = 0, cents = 0;
    for (const price& one : prices)
      if (one.product == each.product && one.from <= each.at && one.from > from) {
        from = one.from;
        cents = one.cents;
      }
    lines.push_back(line_of(each.id, each.product, cents));
  }
  return lines;
}

} // namespace

TEST_CASE("enrich_orders gives each order once, with the price that a plain loop finds for it") {
  constexpr std::uint64_t events = 20'000;
  std::vector<order> orders;
  for (std::uint64_t n = 0; n < events; ++n)
    orders.push_back(made_up_order(n));
  std::vector<price> prices;
  for (std::uint64_t n = 0; n < events / 30 + 47; ++n)
    prices.push_back(made_up_price(n));
  std::vector<std::string> expected = by_plain_loops(orders, prices);
  REQUIRE(expected.size() < events);
  REQUIRE(std::set<std::string>(expected.begin(), expected.end()).size() == expected.size());

  test_cluster cluster;
  for (const std::string& backend : backends) {
    INFO(backend);
    example_run run{cluster, backend, "enrich_orders", {"--events=" + std::to_string(events)}};
    CHECK(difference(expected, run.lines()) == "");
  }
}
