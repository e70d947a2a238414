#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

/// A service that answers when the test says so.
struct service {
  struct request {
    std::int64_t number;
    weir::async_result<std::string> result;
  };
  std::deque<request> requests;
  std::size_t most = 0;

  void answer(std::size_t which) {
    auto at = requests.begin() + static_cast<std::ptrdiff_t>(which);
    request taken = std::move(*at);
    requests.erase(at);
    taken.result.complete("answer " + std::to_string(taken.number));
  }
  void answer_number(std::int64_t number) {
    auto found = std::ranges::find(requests, number, &request::number);
    REQUIRE(found != requests.end());
    answer(static_cast<std::size_t>(found - requests.begin()));
  }
};

using lookups = harness<std::string(std::int64_t)>;

auto asking(std::shared_ptr<service> of, weir::async_options options) {
  return [of, options](const weir::stream<std::int64_t>& numbers) {
    return numbers.async<std::string>(
        [of](std::int64_t number, weir::async_result<std::string> result) {
          of->requests.push_back({number, std::move(result)});
          of->most = std::max(of->most, of->requests.size());
        },
        options);
  };
}

constexpr weir::async_options ordered{.order = weir::async_order::ordered};
constexpr weir::async_options unordered{.order = weir::async_order::unordered};

} // namespace

TEST_CASE("ordered results keep the order and the times of their records") {
  auto server = std::make_shared<service>();
  lookups test{asking(server, ordered)};
  test.push(1, 10);
  test.push(2, 20);
  server->answer_number(2);
  test.advance_processing_time(1);
  CHECK(test.records().empty());
  server->answer_number(1);
  test.advance_processing_time(1);
  CHECK(test.output() == std::vector<timed<std::string>>{{"answer 1", 10}, {"answer 2", 20}});
}

TEST_CASE("unordered results come as they are answered, but stay between the same watermarks") {
  auto server = std::make_shared<service>();
  lookups test{asking(server, unordered)};
  test.push(1);
  test.push(2);
  test.watermark(100);
  test.push(3);
  server->answer_number(3);
  server->answer_number(2);
  test.advance_processing_time(1);
  CHECK(test.records() == std::vector<std::string>{"answer 2"});
  CHECK(test.output_watermark() < 100);
  server->answer_number(1);
  test.advance_processing_time(1);
  CHECK(test.records() == std::vector<std::string>{"answer 1", "answer 3"});
  CHECK(test.output_watermark() == 100);
}

TEST_CASE("no more calls are under way than the capacity, and the others wait") {
  auto server = std::make_shared<service>();
  auto options = ordered;
  options.capacity = 3;
  lookups test{asking(server, options)};
  for (std::int64_t i = 0; i < 10; ++i)
    test.push(i);
  CHECK(server->requests.size() == 3);
  while (!server->requests.empty()) {
    server->answer(server->requests.size() - 1);
    test.advance_processing_time(1);
  }
  CHECK(server->most == 3);
  CHECK(test.records().size() == 10);
}

TEST_CASE("a failed call is tried again after a wait that grows, then it fails the task") {
  auto server = std::make_shared<service>();
  auto options = ordered;
  options.retries = 2;
  options.retry_delay = 100ms;
  options.retry_factor = 2;
  lookups test{asking(server, options)};
  auto fail = [&] {
    auto taken = std::move(server->requests.front());
    server->requests.pop_front();
    taken.result.fail("busy");
  };
  test.push(7);
  fail();
  test.advance_processing_time(50);
  CHECK(server->requests.empty());
  test.advance_processing_time(60);
  REQUIRE(server->requests.size() == 1);
  SUBCASE("success") {
    server->answer(0);
    test.advance_processing_time(1);
    CHECK(test.records() == std::vector<std::string>{"answer 7"});
  }
  SUBCASE("failure") {
    fail();
    test.advance_processing_time(150);
    CHECK(server->requests.empty());
    test.advance_processing_time(60);
    REQUIRE(server->requests.size() == 1);
    fail();
    CHECK_THROWS_WITH_AS(test.advance_processing_time(1),
                         "operator 'async': an asynchronous call failed 3 times, at last: busy",
                         std::runtime_error);
  }
}

TEST_CASE("a call that takes too long has failed, and its late answer is dropped") {
  auto server = std::make_shared<service>();
  auto options = ordered;
  options.timeout = 1'000ms;
  options.retries = 1;
  options.retry_delay = 10ms;
  lookups test{asking(server, options)};
  test.push(1);
  test.advance_processing_time(1'020);
  REQUIRE(server->requests.size() == 2);
  server->answer(0);
  test.advance_processing_time(1);
  CHECK(test.records().empty());
  server->answer(0);
  test.advance_processing_time(1);
  CHECK(test.records() == std::vector<std::string>{"answer 1"});

  test.push(2);
  CHECK_THROWS_WITH_AS(test.advance_processing_time(3'000),
                       doctest::Contains("there was no answer within 1000 ms"), std::runtime_error);
}

TEST_CASE("an exception, and a result that is dropped, are failures") {
  lookups thrown{[](const weir::stream<std::int64_t>& numbers) {
    return numbers.async<std::string>(
        [](std::int64_t, const weir::async_result<std::string>&) { throw std::runtime_error{"no service"}; });
  }};
  CHECK_THROWS_WITH_AS(thrown.push(1), doctest::Contains("an asynchronous call failed: no service"),
                       std::runtime_error);
  lookups dropped{[](const weir::stream<std::int64_t>& numbers) {
    return numbers.async<std::string>([](std::int64_t, const weir::async_result<std::string>&) {});
  }};
  CHECK_THROWS_WITH_AS(dropped.push(1), doctest::Contains("nobody answers any more"), std::runtime_error);
}

TEST_CASE("an answer may be given at once, and may be several records or none") {
  lookups test{[](const weir::stream<std::int64_t>& numbers) {
    return numbers.async<std::string>(
        [](std::int64_t number, const weir::async_result<std::string>& result) {
          result.complete_all(std::vector<std::string>(static_cast<std::size_t>(number), "x"));
        },
        {.capacity = 1});
  }};
  for (std::int64_t number : {2, 0, 1})
    test.push(number);
  CHECK(test.records() == std::vector<std::string>{"x", "x", "x"});
}

TEST_CASE("records whose results are not out are asked for again after a restore, each once") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    auto server = std::make_shared<service>();
    auto options = random() % 2 == 0 ? ordered : unordered;
    options.capacity = static_cast<std::uint32_t>(1 + random() % 5);
    auto parallelism = [&] { return static_cast<std::uint32_t>(1 + random() % 3); };
    auto test =
        std::make_unique<lookups>(asking(server, options), harness_options{.parallelism = parallelism()});
    std::map<std::string, int> seen;
    auto read = [&] {
      for (const std::string& each : test->records())
        ++seen[each];
    };
    constexpr std::int64_t count = 100;
    for (std::int64_t number = 0; number < count;) {
      switch (random() % 8) {
      case 0:
        if (random() % 4 == 0) {
          harness_options next{.parallelism = parallelism(), .snapshot = test->snapshot()};
          read();
          test.reset();
          server->requests.clear(); // nobody waits for them any more
          test = std::make_unique<lookups>(asking(server, options), next);
        }
        break;
      case 1:
      case 2:
      case 3:
        test->push(number++, number);
        break;
      default:
        if (!server->requests.empty())
          server->answer(random() % server->requests.size());
        test->advance_processing_time(1);
        read();
      }
    }
    while (!server->requests.empty()) {
      server->answer(random() % server->requests.size());
      test->advance_processing_time(1);
    }
    read();
    CHECK(seen.size() == count);
    CHECK(std::ranges::all_of(seen, [](const auto& each) { return each.second == 1; }));
  }
}

TEST_CASE("answers come from other threads, and the end waits for them") {
  struct threaded {
    std::vector<std::thread> threads;
    threaded() = default;
    threaded(const threaded&) {}
    void call(std::int64_t number, const weir::async_result<std::string>& result) {
      threads.emplace_back([number, result] { result.complete(std::to_string(number)); });
    }
    void close() {
      for (auto& thread : threads)
        thread.join();
    }
  };
  for (bool encoded : {false, true}) {
    weir::environment env;
    env.from(weir::generate(200, [](std::uint64_t n) { return static_cast<std::int64_t>(n); }))
        .async<std::string>(threaded{}, {.order = weir::async_order::unordered, .capacity = 8})
        .collect("out");
    CHECK(run(env, {.parallelism = 2, .encoded = encoded}).lines("out").size() == 200);
  }
}
