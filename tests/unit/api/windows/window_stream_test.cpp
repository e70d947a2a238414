#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct reading {
  std::uint64_t sensor;
  std::int64_t at;
  std::int64_t value;
};

struct total {
  std::uint64_t sensor;
  std::int64_t value;
};

reading reading_of(std::uint64_t i) {
  auto disorder = static_cast<std::int64_t>(i * 7919 % 40);
  return {i * 31 % 5, static_cast<std::int64_t>(i) * 10 - disorder, static_cast<std::int64_t>(i % 17)};
}

constexpr std::uint64_t readings = 2'000;

auto source(weir::environment& env) {
  return env.from(weir::generate(readings, [](std::uint64_t i) { return reading_of(i); }))
      .assign_timestamps(weir::watermarks::bounded_out_of_orderness(&reading::at, 50ms));
}

std::int64_t start_of(std::int64_t time, std::int64_t size) {
  return time - ((time % size) + size) % size;
}

std::vector<std::string> run(const weir::environment& env) {
  weir::testing::run_options options;
  options.parallelism = 2;
  return weir::testing::run(env, options).sorted_lines("result");
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string line(std::uint64_t sensor, std::int64_t value) {
  return std::to_string(sensor) + '\t' + std::to_string(value);
}

struct mean {
  struct accumulator {
    std::int64_t sum = 0;
    std::int64_t count = 0;
  };
  void add(accumulator& to, const reading& of) const {
    to.sum += of.value;
    ++to.count;
  }
  void merge(accumulator& to, const accumulator& other) const {
    to.sum += other.sum;
    to.count += other.count;
  }
  std::int64_t result(const accumulator& of) const { return of.sum * 1000 / of.count; }
};

} // namespace

TEST_CASE("an aggregate with a function gives key, window and result") {
  weir::environment env;
  source(env)
      .key_by(&reading::sensor)
      .window(weir::tumbling(1s).offset(200ms))
      .aggregate<total>(mean{},
                        [](std::uint64_t sensor, const weir::window& of, std::int64_t result, auto& out) {
                          out.emit(total{sensor, of.start * 1'000'000 + result});
                        })
      .collect("result");

  std::map<std::pair<std::uint64_t, std::int64_t>, mean::accumulator> all;
  for (std::uint64_t i = 0; i < readings; ++i)
    mean{}.add(all[{reading_of(i).sensor, start_of(reading_of(i).at - 200, 1000) + 200}], reading_of(i));
  std::vector<std::string> expected;
  for (const auto& [window, sums] : all)
    expected.push_back(line(window.first, window.second * 1'000'000 + mean{}.result(sums)));
  CHECK(run(env) == sorted(expected));
}

TEST_CASE("windows of the whole stream see the records of all subtasks") {
  weir::environment env;
  source(env)
      .window_all(weir::tumbling(1s))
      .process<std::int64_t>([](bool, const weir::window& of, const std::vector<reading>& all, auto& out) {
        std::int64_t sum = of.start * 1'000'000;
        for (const reading& each : all)
          sum += each.value;
        out.emit(sum);
      })
      .collect("result");

  std::map<std::int64_t, std::int64_t> sums;
  for (std::uint64_t i = 0; i < readings; ++i)
    sums[start_of(reading_of(i).at, 1000)] += reading_of(i).value;
  std::vector<std::string> expected;
  for (auto [start, sum] : sums)
    expected.push_back(std::to_string(start * 1'000'000 + sum));
  CHECK(run(env) == sorted(expected));
}

TEST_CASE("a window join gives the pairs of each window") {
  weir::environment env;
  auto left = source(env);
  auto right = left.map([](const reading& of) { return total{of.sensor, of.value + 100}; });
  left.join(right)
      .where(&reading::sensor)
      .equal_to(&total::sensor)
      .window(weir::tumbling(200ms))
      .apply<total>([](const reading& a, const total& b, auto& out) {
        out.emit(total{a.sensor, a.value * 1000 + b.value});
      })
      .collect("result");

  std::vector<std::string> expected;
  for (std::uint64_t i = 0; i < readings; ++i)
    for (std::uint64_t k = i < 30 ? 0 : i - 30; k < std::min(readings, i + 30); ++k) {
      reading a = reading_of(i), b = reading_of(k);
      if (a.sensor == b.sensor && start_of(a.at, 200) == start_of(b.at, 200))
        expected.push_back(line(a.sensor, a.value * 1000 + b.value + 100));
    }
  CHECK(run(env) == sorted(expected));
}

TEST_CASE("a co-group gives keys that only one of the streams has") {
  weir::environment env;
  auto left = source(env);
  auto right = left.filter([](const reading& of) { return of.sensor < 2; });
  left.co_group(right)
      .where(&reading::sensor)
      .equal_to(&reading::sensor)
      .window(weir::tumbling(100s))
      .apply<total>([](const std::vector<reading>& a, const std::vector<reading>& b, auto& out) {
        out.emit(total{a.front().sensor, static_cast<std::int64_t>(a.size() * 1000 + b.size())});
      })
      .collect("result");

  std::map<std::pair<std::int64_t, std::uint64_t>, std::int64_t> counts;
  for (std::uint64_t i = 0; i < readings; ++i)
    ++counts[{start_of(reading_of(i).at, 100'000), reading_of(i).sensor}];
  std::vector<std::string> expected;
  for (auto [window, count] : counts)
    expected.push_back(line(window.second, count * 1000 + (window.second < 2 ? count : 0)));
  CHECK(run(env) == sorted(expected));
}

TEST_CASE("records that are too late are counted and come out at the side") {
  weir::environment env;
  weir::side_output<reading> late{"late"};
  auto in =
      env.from(weir::generate(5'001, // several batches: watermarks come behind them
                              [](std::uint64_t i) {
                                return reading{0, i == 5'000 ? 5 : static_cast<std::int64_t>(i) * 10, 1};
                              }))
          .set_parallelism(1)
          .assign_timestamps(weir::watermarks::monotonous(&reading::at))
          .set_parallelism(1);
  env.set_watermark_interval_ms(0);
  env.set_buffer_timeout_ms(0);
  auto sums = in.key_by(&reading::sensor).window(weir::tumbling(1s)).late_to(late).sum(&reading::value);
  sums.side(late).collect("result");
  CHECK(run(env) == std::vector<std::string>{"0\t5\t1"});
}

TEST_CASE("windows of records without event time fail with a sentence that says what to do") {
  weir::environment env;
  env.from(weir::generate(10, [](std::uint64_t i) { return reading_of(i); }))
      .key_by(&reading::sensor)
      .window(weir::tumbling(1s))
      .sum(&reading::value)
      .collect("result");
  std::string message;
  try {
    run(env);
  } catch (const std::exception& thrown) {
    message = thrown.what();
  }
  CHECK(message.find("assign_timestamps") != std::string::npos);
}
