#include "examples/click_sessions.cpp"

#include "../example_run.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t longest_gap = 10 * minute;

struct found {
  std::vector<std::string> sessions;
  std::vector<std::string> late;
};

/// Cuts the times of one user's clicks where nothing came for longer than the gap.
std::vector<std::vector<std::int64_t>> cut(const std::multiset<std::int64_t>& times) {
  std::vector<std::vector<std::int64_t>> sessions;
  for (std::int64_t time : times)
    if (sessions.empty() || time - sessions.back().back() > longest_gap)
      sessions.push_back({time});
    else
      sessions.back().push_back(time);
  return sessions;
}

std::string told(const std::string& user, const std::vector<std::int64_t>& session) {
  return line_of(user, session.front(), session.back(), session.size());
}

/// The log has clicks of three kinds, far from each other: those that were written within half a minute,
/// those of an hour and a half ago, which find their sessions told but kept, and those of five hours ago,
/// which find nothing. So what the first kind makes is told once, each click of the second tells its session
/// again, and those of the third are late, however far the watermark was.
found by_plain_loops(const std::vector<click>& log) {
  found all;
  std::map<std::string, std::multiset<std::int64_t>> times;
  std::vector<click> delayed;
  std::int64_t latest = 0;
  for (const click& each : log) {
    latest = std::max(latest, each.at);
    if (latest - each.at > 4 * 60 * minute)
      all.late.push_back(line_of(each.at, each.user, each.page));
    else if (latest - each.at > 60 * minute)
      delayed.push_back(each);
    else
      times[each.user].insert(each.at);
  }
  for (const auto& [user, of] : times)
    for (const auto& session : cut(of))
      all.sessions.push_back(told(user, session));
  for (const click& each : delayed) {
    times[each.user].insert(each.at);
    for (const auto& session : cut(times[each.user]))
      if (session.front() <= each.at && each.at <= session.back())
        all.sessions.push_back(told(each.user, session));
  }
  return all;
}

std::vector<click> made_up_log(std::uint64_t events) {
  std::vector<click> log;
  for (std::uint64_t n = 0; n < events; ++n)
    log.push_back(made_up_click(n));
  return log;
}

} // namespace

TEST_CASE("click_sessions finds the sessions that plain loops find, and the clicks that are too late") {
  std::vector<click> log = made_up_log(50'000);
  found expected = by_plain_loops(log);
  REQUIRE(expected.sessions.size() > 1'000);
  REQUIRE(expected.late.size() > 100);

  temporary_folder folder;
  std::string text;
  for (const click& each : log)
    text += line_of(each.at, each.user, each.page) + '\n';
  std::string input = "--input=" + folder.write("clicks.tsv", text);

  test_cluster cluster;
  for (const std::string& backend : backends)
    for (const std::string& clicks : {std::string{"--events=50000"}, input}) {
      INFO(backend, " ", clicks);
      example_run run{cluster, backend, "click_sessions", {clicks}};
      CHECK(difference(expected.sessions, run.lines("sessions")) == "");
      CHECK(difference(expected.late, run.lines("late")) == "");
    }
}
