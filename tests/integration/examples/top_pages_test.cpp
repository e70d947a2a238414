#include "examples/top_pages.cpp"

#include "../example_run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace weir::testing;

namespace {

constexpr std::int64_t minute = 60'000;

/// Counts each window for itself, from all views.
std::vector<std::string> by_plain_loops(const std::vector<view>& views, std::size_t places) {
  auto [first, last] = std::ranges::minmax_element(views, {}, &view::at);
  std::vector<std::string> lines;
  for (std::int64_t end = first->at / minute * minute + minute; end - 10 * minute <= last->at;
       end += minute) {
    std::map<std::string, std::int64_t> counts;
    for (const view& each : views)
      if (end - 10 * minute <= each.at && each.at < end)
        ++counts[each.page];
    std::vector<std::pair<std::int64_t, std::string>> ranking;
    for (const auto& [page, count] : counts)
      ranking.emplace_back(-count, page);
    std::ranges::sort(ranking);
    for (std::size_t i = 0; i < std::min(places, ranking.size()); ++i)
      lines.push_back(line_of(end, i + 1, ranking[i].second, -ranking[i].first));
  }
  return lines;
}

} // namespace

TEST_CASE("top_pages ranks in each window what a plain loop counts in it") {
  std::vector<view> views;
  std::string text;
  for (std::uint64_t n = 0; n < 40'000; ++n) {
    views.push_back(made_up_view(n));
    text += line_of(views.back().at, views.back().page) + '\n';
  }
  temporary_folder folder;
  std::string input = "--input=" + folder.write("views.tsv", text);
  REQUIRE(by_plain_loops(views, 3).size() > 200);

  test_cluster cluster;
  for (const std::string& backend : backends)
    for (const std::string& from : {std::string{"--events=40000"}, input}) {
      INFO(backend, " ", from);
      example_run three{cluster, backend, "top_pages", {from}};
      CHECK(difference(by_plain_loops(views, 3), three.lines()) == "");
      example_run all{cluster, backend, "top_pages", {from, "--top=100"}};
      CHECK(difference(by_plain_loops(views, 100), all.lines()) == "");
    }
}
