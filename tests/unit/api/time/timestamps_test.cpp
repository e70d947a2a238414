#include "test_operators.hpp"

#include <weir/keyed_stream.hpp>
#include <weir/sources.hpp>
#include <weir/testing.hpp>
#include <weir/watermarks.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

using namespace time_test;
using namespace std::chrono_literals;
using weir::stream;

namespace {

std::vector<timed> numbers(std::int64_t count) {
  std::vector<timed> made;
  for (std::int64_t i = 0; i < count; ++i)
    made.push_back({static_cast<std::uint32_t>(i % 5), i});
  return made;
}

/// A record that is larger than `timed`, so that a batch holds fewer.
struct wide {
  timed inner;
  std::int64_t more[10];
};

/// Notes the watermarks it gets, as the result "times".
class time_listener final : public weir::detail::stream_operator {
public:
  void open(weir::detail::operator_context& context) override { context_ = &context; }
  void process(std::uint32_t, weir::detail::batch_ptr&) override {}
  void on_watermark(weir::detail::event_time time) override {
    if (time != weir::detail::max_event_time)
      context_->add_result("times", std::to_string(time) + '\n');
  }

private:
  weir::detail::operator_context* context_ = nullptr;
};

template <class Strategy>
std::vector<std::string> watermarks_of(const Strategy& strategy, const std::vector<timed>& records) {
  weir::environment env;
  auto given = env.from(weir::from_elements(records)).assign_timestamps(strategy);
  weir::detail::add_node(given.from(), "listener", nullptr, [] { return std::make_unique<time_listener>(); });
  auto result = weir::testing::run(env);
  try {
    return result.lines("times");
  } catch (const std::out_of_range&) {
    return {};
  }
}

} // namespace

TEST_CASE("a record's time goes with what becomes of it, in fused loops and out of them") {
  auto records = numbers(5000);
  using weir::collector;
  struct variant {
    const char* name;
    std::function<stream<timed>(const stream<timed>&)> steps;
    std::function<std::vector<timed>(const timed&)> expected;
  };
  auto twice = [](const timed& each) { return timed{each.key, each.value * 2}; };
  auto odd = [](const timed& each) { return each.value % 4 == 2; };
  const variant variants[] = {
      {"in place", [&](const stream<timed>& from) -> stream<timed> { return from.map(twice).filter(odd); },
       [&](const timed& each) { return odd(twice(each)) ? std::vector{twice(each)} : std::vector<timed>{}; }},
      {"through larger records",
       [&](const stream<timed>& from) -> stream<timed> {
         return from.map([](const timed& each) {
                      return wide{each, {}};
                    })
             .filter([](const wide& each) { return each.inner.value % 3 != 0; })
             .map([](const wide& each) { return each.inner; });
       },
       [](const timed& each) { return each.value % 3 != 0 ? std::vector{each} : std::vector<timed>{}; }},
      {"flat_map behind a map",
       [&](const stream<timed>& from) -> stream<timed> {
         return from.map(twice).flat_map<timed>([](const timed& each, collector<timed>& out) {
           for (std::uint32_t i = 0; i < each.key; ++i)
             out.emit(each);
         });
       },
       [&](const timed& each) { return std::vector<timed>(each.key, twice(each)); }},
      {"rolling sums",
       [&](const stream<timed>& from) -> stream<timed> {
         return from.map([](const timed& each) {
                      return timed{static_cast<std::uint32_t>(each.value), 7};
                    })
             .key_by(&timed::key)
             .sum(&timed::value);
       },
       [](const timed& each) {
         return std::vector<timed>{{static_cast<std::uint32_t>(each.value), 7}};
       }},
      {"a partitioner of the user",
       [&](const stream<timed>& from) -> stream<timed> {
         return from.partition_custom([](const timed& each, std::uint32_t n) { return each.key % n; })
             .map(twice);
       },
       [&](const timed& each) { return std::vector{twice(each)}; }},
  };
  for (const variant& each : variants) {
    CAPTURE(each.name);
    std::vector<std::string> expected;
    for (const timed& record : records)
      for (const timed& made : each.expected(record))
        expected.push_back(line_of(made, record.value + 1'000'000));
    std::ranges::sort(expected);
    for (bool chaining : {true, false})
      for (bool encoded : {true, false}) {
        weir::environment env;
        auto given = env.from(weir::from_elements(records))
                         .assign_timestamps(weir::watermarks::monotonous(
                             [](const timed& record) { return record.value + 1'000'000; }));
        collect_times(each.steps(given), "out");
        auto result = weir::testing::run(env, {.parallelism = 3, .chaining = chaining, .encoded = encoded});
        CHECK(result.sorted_lines("out") == expected);
      }
  }
}

TEST_CASE("records with and without times may meet in one stream") {
  auto records = numbers(3000);
  std::vector<std::string> expected;
  for (const timed& each : records) {
    expected.push_back(line_of(each, each.value));
    expected.push_back(line_of(each, {}));
  }
  std::ranges::sort(expected);
  weir::environment env;
  auto plain = env.from(weir::from_elements(records));
  auto given = plain.assign_timestamps(weir::watermarks::none(&timed::value));
  auto both = plain.union_with(given).process<timed>(
      [](const timed& each, weir::collector<timed>& out) { out.emit(each); });
  collect_times(both.partition_custom([](const timed& each, std::uint32_t n) { return each.key % n; }),
                "out");
  CHECK(weir::testing::run(env, {.parallelism = 2}).sorted_lines("out") == expected);
}

TEST_CASE("a strategy decides which watermarks follow a batch") {
  auto records = numbers(1500); // a full batch and half a one
  std::swap(records[1023], records[1020]);
  using namespace weir::watermarks;
  CHECK(watermarks_of(monotonous(&timed::value), records) == std::vector<std::string>{"1022", "1498"});
  CHECK(watermarks_of(bounded_out_of_orderness(&timed::value, 1s), records) ==
        std::vector<std::string>{"22", "498"});
  CHECK(watermarks_of(none(&timed::value), records).empty());
  CHECK(watermarks_of(bounded_out_of_orderness(&timed::value, 1h), {{1, weir::detail::min_event_time + 5}})
            .empty());

  struct punctuated {
    void on_record(const timed& record, std::int64_t time, weir::watermark_output& out) {
      if (record.value % 700 == 0)
        out.emit(time);
    }
  };
  CHECK(watermarks_of(custom(&timed::value, punctuated{}), records) ==
        std::vector<std::string>{"700", "1400"});

  struct counting {
    void on_periodic(weir::watermark_output& out) { out.emit(++calls); }
    std::int64_t calls = 0;
  };
  auto counted = watermarks_of(custom(&timed::value, counting{}), records);
  REQUIRE(counted.size() >= 2);
  CHECK(counted[0] == "1");
}

TEST_CASE("durations that make no sense are refused where they are written") {
  using namespace weir::watermarks;
  CHECK_THROWS_AS(bounded_out_of_orderness(&timed::value, -1ms), std::invalid_argument);
  CHECK_THROWS_AS(monotonous(&timed::value).idle_after(0ms), std::invalid_argument);
  CHECK_THROWS_AS(monotonous(&timed::value).align("group", -1ms), std::invalid_argument);
  weir::environment env;
  CHECK_THROWS_AS(env.set_watermark_interval_ms(-1), std::invalid_argument);
}
