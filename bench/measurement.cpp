#include "measurement.hpp"

#include <algorithm>
#include <ctime>
#include <exception>
#include <numeric>
#include <optional>

#include <sys/resource.h>

namespace bench {

namespace {

constexpr std::size_t rounds_min = 5;

double now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Processor time of this process and of those it started and waited for.
double cpu_seconds() {
  double seconds = 0;
  for (int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    for (const timeval& each : {used.ru_utime, used.ru_stime})
      seconds += static_cast<double>(each.tv_sec) + static_cast<double>(each.tv_usec) * 1e-6;
  }
  return seconds;
}

double median_of(std::vector<double> values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Runs one side once and notes it. Returns its checksum.
std::uint64_t measure(const std::function<run()>& loop, quantity kind, side& into) {
  double cpu = cpu_seconds(), wall = now();
  run done = loop();
  wall = now() - wall;
  cpu = cpu_seconds() - cpu + done.cpu_seconds_elsewhere;
  double measured = done.seconds > 0 ? done.seconds : wall;
  into.values.push_back(kind == quantity::rate ? done.amount / measured : done.amount);
  into.wall_seconds.push_back(wall);
  into.cpu_seconds.push_back(cpu);
  return done.checksum;
}

void forget_runs(comparison& of) {
  auto clear = [](side& each) {
    each.values.clear();
    each.wall_seconds.clear();
    each.cpu_seconds.clear();
  };
  clear(of.weir);
  clear(of.limit);
  std::ranges::for_each(of.references, clear);
}

/// One round. Returns what is wrong with it, if anything.
std::optional<std::string> measure_round(const bench_case& question, comparison& into) {
  std::uint64_t expected = measure(question.limit, question.kind, into.limit);
  auto differs = [&](std::uint64_t checksum) {
    return expected != 0 && checksum != 0 && checksum != expected;
  };
  if (differs(measure(question.weir, question.kind, into.weir)))
    return "weir and the limit did not compute the same";
  for (std::size_t i = 0; i < question.references.size(); ++i)
    if (differs(measure(question.references[i].loop, question.kind, into.references[i])))
      return question.references[i].name + " and the limit did not compute the same";
  return std::nullopt;
}

} // namespace

double side::median() const {
  return median_of(values);
}

std::pair<double, double> side::range() const {
  if (values.empty())
    return {0, 0};
  auto [least, most] = std::ranges::minmax(values);
  return {least, most};
}

double side::cores() const {
  double wall = sum_of(wall_seconds);
  return wall > 0 ? sum_of(cpu_seconds) / wall : 0;
}

double comparison::ratio() const {
  double ours = weir.median(), theirs = limit.median();
  if (ours <= 0 || theirs <= 0)
    return 0;
  return kind == quantity::rate ? ours / theirs : theirs / ours;
}

double comparison::cpu_ratio() const {
  double ours = median_of(weir.cpu_seconds), theirs = median_of(limit.cpu_seconds);
  return kind == quantity::rate && ours > 0 ? theirs / ours : 0;
}

comparison compare(const bench_case& question, double seconds) {
  comparison made{.name = question.name,
                  .variant = question.variant,
                  .unit = question.unit,
                  .kind = question.kind,
                  .target = question.target,
                  .floor = question.floor,
                  .weir = {.name = "weir"},
                  .limit = {.name = "limit"}};
  for (const auto& reference : question.references)
    made.references.push_back({.name = reference.name});
  try {
    auto wrong = measure_round(question, made);
    forget_runs(made);
    double end = now() + seconds;
    while (!wrong && (made.limit.values.size() < rounds_min || now() < end))
      wrong = measure_round(question, made);
    made.failure = wrong.value_or("");
  } catch (const std::exception& failure) {
    made.failure = failure.what();
  }
  return made;
}

} // namespace bench
