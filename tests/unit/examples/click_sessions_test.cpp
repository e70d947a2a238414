#include "examples/click_sessions.cpp"

#include <weir/testing.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace {

constexpr std::int64_t minute = 60'000;

/// The sessions of clicks that come with their times, and watermarks when the test says so.
struct session_test : weir::testing::harness<session(click)> {
  session_test() : harness{sessions_of, {}, too_late} {}

  void click_at(std::int64_t at, const std::string& user = "anna") { push({at, user, "/"}, at); }

  /// User, first and last click in minutes, clicks.
  using told = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t>;
  std::vector<told> sessions() {
    std::vector<told> all;
    for (const session& each : records())
      all.emplace_back(each.user, each.first / minute, each.last / minute, each.clicks);
    return all;
  }
};

using all_told = std::vector<session_test::told>;

} // namespace

TEST_CASE("a session is told once time has passed its last click by the gap") {
  session_test test;
  test.click_at(3 * minute); // they need not come in order
  test.click_at(0);
  test.click_at(9 * minute);
  test.watermark(19 * minute - 2);
  CHECK(test.sessions().empty());
  test.watermark(19 * minute - 1);
  CHECK(test.sessions() == all_told{{"anna", 0, 9, 3}});
}

TEST_CASE("users have sessions of their own") {
  session_test test;
  test.click_at(0, "anna");
  test.click_at(5 * minute, "ben");
  test.click_at(20 * minute, "anna");
  test.end();
  CHECK(test.sessions() == all_told{{"anna", 0, 0, 1}, {"ben", 5, 5, 1}, {"anna", 20, 20, 1}});
}

TEST_CASE("a click that comes late tells its session again, and may join two to one") {
  session_test test;
  test.click_at(0);
  test.click_at(15 * minute);
  test.watermark(60 * minute);
  CHECK(test.sessions() == all_told{{"anna", 0, 0, 1}, {"anna", 15, 15, 1}});
  test.click_at(17 * minute);
  CHECK(test.sessions() == all_told{{"anna", 15, 17, 2}});
  test.click_at(8 * minute);
  CHECK(test.sessions() == all_told{{"anna", 0, 17, 4}});
}

TEST_CASE("a click that comes when its session is forgotten goes aside") {
  session_test test;
  test.click_at(0);
  test.watermark(10 * minute + 120 * minute - 1);
  test.click_at(1 * minute); // its session would last a minute longer
  CHECK(test.side(too_late).empty());
  test.click_at(0, "ben");
  REQUIRE(test.side(too_late).size() == 1);
}
