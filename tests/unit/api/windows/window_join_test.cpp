#include "built_operator.hpp"
#include "naive_sessions.hpp"
#include "seeds.hpp"

#include <weir/joins.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace windows_test;
using std::chrono::milliseconds;

/// Joins in windows. Events with an even number are of the first stream.
namespace {

using of_both = weir::detail::either<event, event>;

bool is_first(const event& of) {
  return of.n % 2 == 0;
}

void play_both(keyed_operators& to, const step& each) {
  if (each.what != step::kind::records)
    return play_events(to, each);
  std::vector<std::pair<event_time, of_both>> records;
  for (const auto& [time, of] : each.records)
    records.emplace_back(time, is_first(of) ? of_both{of, {}} : of_both{{}, of});
  to.add(records, [](const of_both& of) { return of.first ? of.first->key : of.second->key; });
}

std::vector<std::string> pairs(const window&, kept_records& records) {
  std::vector<std::string> texts;
  for (const auto& a : records)
    for (const auto& b : records)
      if (is_first(a.of) && !is_first(b.of))
        texts.push_back(text_of(a.of.key, a.of.n * 1000 + b.of.n));
  return texts;
}

struct emit_pair {
  void operator()(const event& a, const event& b, auto& out) const { out.emit(a.key, a.n * 1000 + b.n); }
};

std::vector<std::string> sides(const window&, kept_records& records) {
  std::int64_t first = 0, second = 0, count = 0;
  for (const auto& each : records) {
    (is_first(each.of) ? first : second) += each.of.n;
    count += is_first(each.of);
  }
  return {text_of(records.front().of.key, first * 1'000'000 + second * 1000 + count)};
}

struct emit_sides {
  void operator()(const std::vector<event>& first, const std::vector<event>& second, auto& out) const {
    std::int64_t sums[2] = {};
    for (const event& each : first)
      sums[0] += each.n;
    for (const event& each : second)
      sums[1] += each.n;
    out.emit((first.empty() ? second : first).front().key,
             sums[0] * 1'000'000 + sums[1] * 1000 + static_cast<std::int64_t>(first.size()));
  }
};

template <class Windows>
auto joined(const weir::stream<event>& records, Windows windows, std::int64_t lateness) {
  return records.join(records)
      .where(&event::key)
      .equal_to(&event::key)
      .window(windows)
      .allowed_lateness(milliseconds{lateness});
}
template <class Windows>
auto co_grouped(const weir::stream<event>& records, Windows windows, std::int64_t lateness) {
  return records.co_group(records)
      .where(&event::key)
      .equal_to(&event::key)
      .window(windows)
      .allowed_lateness(milliseconds{lateness});
}

/// Pairs grow with the square of the records.
void shorten(std::vector<step>& steps) {
  for (step& each : steps)
    each.records.resize(std::min<std::size_t>(each.records.size(), 8));
}

/// `build(stream, windows, lateness)` joins a stream with itself.
template <class Build>
void check_windows(naive_windows::recomputation compute, Build build) {
  for (std::uint64_t seed : seeds()) {
    std::mt19937_64 random{seed};
    std::int64_t slide = 1 + static_cast<std::int64_t>(random() % 60);
    std::int64_t size = slide * (1 + static_cast<std::int64_t>(random() % 3));
    std::int64_t lateness = static_cast<std::int64_t>(random() % 2 * (random() % 200));
    INFO("seed " << seed << ": size " << size << " slide " << slide << " lateness " << lateness);
    auto steps = random_history(random, {std::max<std::int64_t>(size, 10)});
    shorten(steps);
    naive_windows expected{aligned(size, slide), compute, lateness};
    recompute(expected, steps);
    auto under_test = operators_of([&](const weir::stream<event>& records) {
      build(records, weir::sliding(milliseconds{size}, milliseconds{slide}), lateness);
    });
    run_history(under_test, steps, random, &play_both);
    REQUIRE(difference(under_test.lines, expected.lines) == "");
  }
}

} // namespace

TEST_CASE("a window join gives the pairs of a recomputation, whatever the disorder and the failures") {
  check_windows(&pairs, [](const auto& records, auto windows, std::int64_t lateness) {
    joined(records, windows, lateness).template apply<event>(emit_pair{});
  });
}

TEST_CASE("a co-group gives both sides of a recomputation, whatever the disorder and the failures") {
  check_windows(&sides, [](const auto& records, auto windows, std::int64_t lateness) {
    co_grouped(records, windows, lateness).template apply<event>(emit_sides{});
  });
}

TEST_CASE("a window join with a trigger and an evictor joins what they leave") {
  check_windows(
      [](const window& of, kept_records& records) {
        while (records.size() > 4)
          records.erase(records.begin());
        return pairs(of, records);
      },
      [](const auto& records, auto windows, std::int64_t lateness) {
        joined(records, windows, lateness)
            .trigger(weir::triggers::event_time{})
            .evict(weir::evictors::last{4})
            .template apply<event>(emit_pair{});
      });
}

TEST_CASE("a join in sessions gives the pairs of a recomputation, whatever the disorder and the failures") {
  for (std::uint64_t seed : seeds()) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    std::int64_t lateness = static_cast<std::int64_t>(random() % 2 * (random() % 200));
    auto steps = random_history(random, {60});
    shorten(steps);
    naive_sessions expected{&pairs, lateness};
    recompute(expected, steps);
    auto under_test = operators_of([&](const weir::stream<event>& records) {
      auto gap_of_either = [](const of_both& of) { return gap()(of.first ? *of.first : *of.second); };
      joined(records, weir::session(gap_of_either), lateness).apply<event>(emit_pair{});
    });
    run_history(under_test, steps, random, &play_both);
    REQUIRE(difference(under_test.lines, expected.lines) == "");
  }
}
