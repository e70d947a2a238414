#include <weir/detail/timer_queue.hpp>
#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

enum class wish : std::uint8_t { set, remove };

struct request {
  std::string key;
  wish what = wish::set;
  bool event = true; ///< else processing time
  std::int64_t time = 0;
};

struct ring {
  std::string key;
  std::int64_t time = 0;
  bool event = true;
  std::int64_t requests = 0; ///< of the key, so far
  auto operator<=>(const ring&) const = default;
};

/// Sets and removes timers as its records say.
struct alarm_clock {
  weir::value_state<std::int64_t> requests;

  void open(weir::keyed_function_context<std::string>& context) {
    requests = context.state(weir::value<std::int64_t>("requests"));
  }

  void process(const request& wanted, weir::keyed_context<std::string>& context, weir::collector<ring>&) {
    ++requests.change();
    auto timers = context.timers();
    if (wanted.event)
      wanted.what == wish::set ? timers.event(wanted.time) : timers.remove_event(wanted.time);
    else
      wanted.what == wish::set ? timers.processing(wanted.time) : timers.remove_processing(wanted.time);
  }

  void on_timer(std::int64_t time, weir::keyed_context<std::string>& context, weir::collector<ring>& out) {
    out.emit(ring{context.key(), time, context.timer_kind() == weir::timer_kind::event, requests.get_or(0)});
  }
};

auto clocks(const weir::stream<request>& requests) {
  return requests.key_by(&request::key).process<ring>(alarm_clock{});
}

using clock_harness = harness<ring(request)>;

/// What alarm_clock should do, without any of our code.
struct naive_clock {
  std::map<std::string, std::int64_t> requests;
  std::set<std::pair<std::int64_t, std::string>> event;
  std::set<std::pair<std::int64_t, std::string>> processing;

  void take(const request& wanted) {
    ++requests[wanted.key];
    auto& timers = wanted.event ? event : processing;
    if (wanted.what == wish::set)
      timers.emplace(wanted.time, wanted.key);
    else
      timers.erase({wanted.time, wanted.key});
  }

  std::vector<ring> reach(std::int64_t now, bool of_event) {
    auto& timers = of_event ? event : processing;
    std::vector<ring> due;
    while (!timers.empty() && timers.begin()->first <= now) {
      auto [time, key] = *timers.begin();
      timers.erase(timers.begin());
      due.push_back({key, time, of_event, requests[key]});
    }
    return due;
  }
};

std::vector<ring> sorted(std::vector<ring> rings) {
  std::ranges::sort(rings);
  return rings;
}

/// A key that is short, or too long to lie in a table itself.
std::string random_key(std::mt19937_64& random) {
  return "key" + std::to_string(random() % 12) + (random() % 2 == 0 ? " with a name that is long" : "");
}

void compare_with_naive_clock(std::uint64_t seed) {
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  auto options = [&] {
    return harness_options{.parallelism = static_cast<std::uint32_t>(1 + random() % 4),
                           .max_parallelism = 16,
                           .state = random() % 4 == 0 ? backend::leveldb : backend::hashmap};
  };
  auto test = std::make_unique<clock_harness>(clocks, options());
  naive_clock naive;
  std::int64_t watermark = 0;
  std::int64_t processing = 0;
  for (int step = 0; step < 300; ++step) {
    switch (random() % 20) {
    case 0: {
      auto next = options();
      next.processing_time = processing;
      next.snapshot = test->snapshot();
      test = std::make_unique<clock_harness>(clocks, next);
      test->watermark(watermark);
      break;
    }
    case 1:
    case 2:
      watermark += static_cast<std::int64_t>(random() % 50);
      test->watermark(watermark);
      REQUIRE(sorted(test->records()) == sorted(naive.reach(watermark, true)));
      break;
    case 3:
    case 4:
      processing += static_cast<std::int64_t>(random() % 50);
      test->set_processing_time(processing);
      REQUIRE(sorted(test->records()) == sorted(naive.reach(processing, false)));
      break;
    default: {
      request wanted{random_key(random), random() % 4 == 0 ? wish::remove : wish::set, random() % 2 == 0, 0};
      // Event time that has passed would ring at the next watermark, which comes with more records.
      wanted.time = (wanted.event ? watermark : processing) + 1 + static_cast<std::int64_t>(random() % 100);
      naive.take(wanted);
      test->push(wanted);
    }
    }
  }
  test->end();
  CHECK(sorted(test->records()) == sorted(naive.reach(1'000'000, true)));
}

} // namespace

TEST_CASE("timers ring as those of a naive clock, across snapshots, backends and parallelisms") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    CHECK_NOTHROW(compare_with_naive_clock(seed));
}

TEST_CASE("timers ring in the order of their times, each once, with the key's state and the timer's time") {
  clock_harness test{clocks};
  for (std::int64_t time : {30, 10, 20, 10})
    test.push({"a", wish::set, true, time}, 1);
  test.push({"b", wish::set, true, 15}, 1);
  test.push({"a", wish::remove, true, 20}, 1);
  test.watermark(9);
  CHECK(test.records().empty());
  test.watermark(100);
  auto rings = test.output();
  REQUIRE(rings.size() == 3);
  CHECK(rings[0] == timed<ring>{{"a", 10, true, 5}, 10});
  CHECK(rings[1] == timed<ring>{{"b", 15, true, 1}, 15});
  CHECK(rings[2] == timed<ring>{{"a", 30, true, 5}, 30});
  CHECK(test.output_watermark() == 100);
}

TEST_CASE("a timer for a time that has passed rings at once in processing time, with the next watermark in "
          "event time") {
  clock_harness test{clocks, {.processing_time = 50}};
  test.watermark(50);
  test.push({"a", wish::set, false, 7});
  CHECK(test.records() == std::vector<ring>{{"a", 7, false, 1}});
  test.push({"a", wish::set, true, 7});
  CHECK(test.records().empty());
  test.watermark(51);
  CHECK(test.records() == std::vector<ring>{{"a", 7, true, 2}});
}

TEST_CASE("at the end of the input timers of event time ring, and those of processing time do not") {
  clock_harness test{clocks};
  test.push({"a", wish::set, true, 1'000});
  test.push({"a", wish::set, false, 1'000});
  test.end();
  CHECK(test.records() == std::vector<ring>{{"a", 1'000, true, 2}});
}

TEST_CASE("a timer that sets a timer which is due rings it in the same go") {
  struct chain_of_timers {
    void process(std::int64_t, weir::keyed_context<std::int64_t>& context, weir::collector<std::int64_t>&) {
      context.timers().event(1);
    }
    void on_timer(std::int64_t time, weir::keyed_context<std::int64_t>& context,
                  weir::collector<std::int64_t>& out) {
      out.emit(time);
      context.timers().event(time * 2);
    }
  };
  harness<std::int64_t(std::int64_t)> test{[](const weir::stream<std::int64_t>& numbers) {
    return numbers.key_by([](std::int64_t n) { return n; }).process<std::int64_t>(chain_of_timers{});
  }};
  test.push(1);
  test.watermark(20);
  CHECK(test.records() == std::vector<std::int64_t>{1, 2, 4, 8, 16});
}

TEST_CASE("timers without on_timer are refused when they are used") {
  harness<std::int64_t(std::int64_t)> test{[](const weir::stream<std::int64_t>& numbers) {
    return numbers.key_by([](std::int64_t n) { return n; })
        .process<std::int64_t>([](std::int64_t, weir::keyed_context<std::int64_t>& context,
                                  weir::collector<std::int64_t>&) { context.timers().event(1); });
  }};
  CHECK_THROWS_WITH_AS(test.push(1), doctest::Contains("no on_timer(time, context, out)"),
                       std::runtime_error);
}

TEST_CASE("a queue forgets timers that are deleted before their time, a few at each call") {
  weir::detail::timer_queue queue;
  std::set<std::uint64_t> alive;
  std::size_t most = 0;
  auto is_gone = [&](const weir::detail::timer_queue::entry& each) { return !alive.contains(each.hash); };
  for (std::uint64_t i = 0; i < 100'000; ++i) { // as a session does: each record moves its timer on
    queue.push({static_cast<std::int64_t>(1'000'000 + i), i});
    alive.insert(i);
    if (i >= 100)
      alive.erase(i - 100);
    queue.sweep(alive.size(), is_gone);
    most = std::max(most, queue.size());
  }
  CHECK(most < 2'000);
  std::vector<std::uint64_t> left;
  for (; !queue.empty(); queue.pop())
    if (!is_gone(queue.top()))
      left.push_back(queue.top().hash);
  CHECK(left == std::vector<std::uint64_t>(alive.begin(), alive.end()));
}
