#include "examples/top_pages.cpp"

#include <weir/testing.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace {

constexpr std::int64_t minute = 60'000;

struct ranking_test : weir::testing::harness<ranked_page(view)> {
  explicit ranking_test(std::size_t places)
      : harness{[places](const weir::stream<view>& views) { return top_pages_of(views, places); },
                {.parallelism = 2}} {}

  void view_at(std::int64_t at, const std::string& page) { push({at, page}, at); }

  /// End of the window in minutes, rank, page, views.
  using told = std::tuple<std::int64_t, std::int64_t, std::string, std::int64_t>;
  std::vector<told> rankings() {
    std::vector<told> all;
    for (const ranked_page& each : records())
      all.emplace_back(each.window_end / minute, each.rank, each.page, each.views);
    return all;
  }
};

using all_told = std::vector<ranking_test::told>;

} // namespace

TEST_CASE("pages are ranked by views, equal ones by name, and the rest is left out") {
  ranking_test test{2};
  for (const char* page : {"/c", "/b", "/a", "/c", "/d"})
    test.view_at(30'000, page);
  test.watermark(minute - 1);
  CHECK(test.rankings() == all_told{{1, 1, "/c", 2}, {1, 2, "/a", 1}});
}

TEST_CASE("a view counts for ten minutes") {
  ranking_test test{2};
  test.view_at(0, "/a");
  test.view_at(5 * minute, "/b");
  test.view_at(5 * minute, "/b");
  test.end();
  all_told expected;
  for (std::int64_t end = 1; end <= 5; ++end)
    expected.emplace_back(end, 1, "/a", 1);
  for (std::int64_t end = 6; end <= 10; ++end) {
    expected.emplace_back(end, 1, "/b", 2);
    expected.emplace_back(end, 2, "/a", 1);
  }
  for (std::int64_t end = 11; end <= 15; ++end)
    expected.emplace_back(end, 1, "/b", 2);
  CHECK(test.rankings() == expected);
}

TEST_CASE("the best of several parts are the best of all") {
  best three{3};
  auto first = three.create(), second = three.create();
  for (const auto& [page, views] : std::vector<page_views>{{"/a", 5}, {"/b", 1}, {"/c", 7}, {"/d", 2}})
    three.add(first, {page, views});
  for (const auto& [page, views] : std::vector<page_views>{{"/e", 6}, {"/f", 1}})
    three.add(second, {page, views});
  three.merge(first, second);
  std::vector<std::string> pages;
  for (const page_views& each : three.result(first))
    pages.push_back(each.page);
  CHECK(pages == std::vector<std::string>{"/c", "/e", "/a"});
}
