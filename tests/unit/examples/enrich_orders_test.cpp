#include "examples/enrich_orders.cpp"

#include <weir/testing.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using weir::testing::backend;

namespace {

struct order_test : weir::testing::harness<priced_order(order, price)> {
  explicit order_test(const weir::testing::harness_options& options = {}) : harness{priced, options} {}

  void order_at(std::int64_t at, std::int64_t id, const std::string& product = "tea") {
    push<0>({at, id, product}, at);
  }
  void price_from(std::int64_t from, std::int64_t cents, const std::string& product = "tea") {
    push<1>({from, product, cents}, from);
  }

  using told = std::pair<std::int64_t, std::int64_t>; ///< id and cents
  std::vector<told> orders() {
    std::vector<told> all;
    for (const priced_order& each : records())
      all.emplace_back(each.id, each.cents);
    return all;
  }
};

using all_told = std::vector<order_test::told>;

} // namespace

TEST_CASE("an order has the price of its time, in whatever order the two come") {
  order_test test;
  test.order_at(150, 1);
  test.price_from(250, 12);
  test.order_at(250, 2);
  test.price_from(100, 10);
  CHECK(test.orders().empty());
  test.watermark(150);
  CHECK(test.orders() == all_told{{1, 10}});
  test.watermark(250);
  CHECK(test.orders() == all_told{{2, 12}});
}

TEST_CASE("an order waits for the slower of the two streams") {
  order_test test;
  test.order_at(150, 1);
  test.watermark_of<0>(1'000);
  CHECK(test.orders().empty());
  test.price_from(140, 10);
  test.watermark_of<1>(150);
  CHECK(test.orders() == all_told{{1, 10}});
}

TEST_CASE("an order made before its product had a price costs nothing") {
  order_test test;
  test.price_from(200, 10);
  test.price_from(0, 7, "coffee");
  test.order_at(199, 1);
  test.end();
  CHECK(test.orders() == all_told{{1, 0}});
}

TEST_CASE("an order that comes again is dropped, for a day") {
  order_test test;
  test.order_at(1, 7);
  test.order_at(1, 7);
  test.advance_processing_time(std::chrono::milliseconds{23h}.count());
  test.order_at(1, 7); // kept for a day from now
  test.advance_processing_time(std::chrono::milliseconds{23h}.count());
  test.order_at(1, 7);
  test.advance_processing_time(std::chrono::milliseconds{24h}.count());
  test.order_at(1, 7);
  test.end();
  CHECK(test.orders() == all_told{{7, 0}, {7, 0}});
}

TEST_CASE("orders that wait and prices survive a restart at another parallelism, on the other backend") {
  for (auto [before, after] :
       {std::pair{backend::hashmap, backend::leveldb}, std::pair{backend::leveldb, backend::hashmap}}) {
    order_test first{{.parallelism = 3, .state = before}};
    for (std::int64_t id = 0; id < 20; ++id) {
      first.price_from(0, 100 + id, "product-" + std::to_string(id));
      first.order_at(10, id, "product-" + std::to_string(id));
    }
    order_test second{{.parallelism = 2, .state = after, .snapshot = first.snapshot()}};
    second.order_at(10, 0, "product-0"); // was delivered before
    second.end();
    all_told found = second.orders(), expected;
    std::ranges::sort(found);
    for (std::int64_t id = 0; id < 20; ++id)
      expected.emplace_back(id, 100 + id);
    CHECK(found == expected);
  }
}
