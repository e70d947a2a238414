#include "cases.hpp"

#include "bench_cluster.hpp"
#include "limits/number_tables.hpp"
#include "limits/window_count.hpp"

#include <memory>

namespace bench {

namespace {

constexpr std::uint64_t distinct_keys = 1'000'000;
constexpr std::uint64_t records_per_second = 4'000'000; // of event time
constexpr std::uint64_t tumbling_seconds = 10;

// Of the comparison of sliding with tumbling windows: sliding ones are complete when they are measured.
constexpr std::uint64_t measured_from = sliding_windows + 1;
constexpr std::uint64_t measured_seconds = 15;

/// A stream that is so many seconds long, and thinner at a smaller scale.
struct window_input {
  std::uint64_t seconds;
  std::uint64_t per_second;

  window_input(std::uint64_t seconds, const bench_settings& settings)
      : seconds{seconds}, per_second{scaled(records_per_second, settings)} {}

  [[nodiscard]] std::uint64_t records() const { return seconds * per_second; }
  [[nodiscard]] timed_stream stream() const { return {distinct_keys, per_second}; }
  [[nodiscard]] std::vector<std::string> arguments() const {
    return {"--records=" + std::to_string(records()), "--distinct=" + std::to_string(distinct_keys),
            "--records-per-second=" + std::to_string(per_second)};
  }
};

} // namespace

std::vector<bench_case> tumbling_cases(const bench_settings& settings) {
  window_input input{tumbling_seconds, settings};
  auto made = case_with_job(std::make_shared<bench_cluster>(), "tumbling", input.arguments(),
                            static_cast<double>(input.records()));
  made.name = "tumbling";
  made.target = 0.4;
  made.limit = [input] {
    return limits::window_count<limits::linear_table>(input.records(), input.stream());
  };
  made.references.push_back(
      {"lines of four slots",
       [input] { return limits::window_count<limits::line_table>(input.records(), input.stream()); }});
  return {made};
}

std::vector<bench_case> sliding_cases(const bench_settings& settings) {
  // What is measured ends before the input does.
  window_input input{measured_from + measured_seconds + 2, settings};
  auto cluster = std::make_shared<bench_cluster>();
  auto with_windows = [&](const char* job) {
    auto arguments = input.arguments();
    arguments.push_back("--measure-from=" + std::to_string(measured_from));
    arguments.push_back("--measure-to=" + std::to_string(measured_from + measured_seconds));
    return case_with_job(cluster, job, arguments, static_cast<double>(measured_seconds * input.per_second));
  };
  auto made = with_windows("sliding");
  made.name = "sliding";
  made.target = 1 / 1.3;
  made.limit = [tumbling = with_windows("tumbling").weir] {
    run done = tumbling();
    done.checksum *= sliding_windows;
    return done;
  };
  return {made};
}

} // namespace bench
