#include "scheduler/job_accumulators.hpp"

#include <weir/detail/histogram.hpp>

#include <doctest/doctest.h>

#include <memory>

using namespace weir;
using detail::accumulator_kind;
using detail::accumulator_value;

namespace {

accumulator_value value(std::string name, accumulator_kind kind, std::int64_t integer, double number,
                        std::uint64_t count) {
  accumulator_value made;
  made.name = std::move(name);
  made.kind = kind;
  made.integer = integer;
  made.number = number;
  made.count = count;
  return made;
}

accumulator_value spread_of(std::initializer_list<double> values) {
  accumulator_value made = value("spread", accumulator_kind::histogram, 0, 0, 0);
  for (double each : values)
    add_value(made.histogram, each);
  return made;
}

/// A job of one vertex, one subtask for each list.
job_details job_of(std::vector<std::vector<accumulator_value>> subtasks) {
  job_details job;
  job.vertices.emplace_back();
  for (auto& each : subtasks) {
    auto measured = std::make_shared<task_measurements>();
    measured->accumulators = std::move(each);
    job.vertices[0].emplace_back().measurements = std::move(measured);
  }
  return job;
}

std::vector<std::string> texts(const job_details& job) {
  std::vector<std::string> lines;
  for (const auto& each : merge_accumulators(job))
    lines.push_back(each.name + " " + std::string{type_name(each.kind)} + " " + value_text(each));
  return lines;
}

} // namespace

TEST_CASE("accumulators of one name are put together as their kind says") {
  using enum accumulator_kind;
  auto job = job_of(
      {{value("a", long_sum, 3, 0, 0), value("b", double_sum, 0, 0.5, 0), value("c", int_minimum, 5, 0, 1),
        value("d", int_maximum, -5, 0, 1), value("e", average, 0, 10, 4), spread_of({1, 2})},
       {value("a", long_sum, 4, 0, 0), value("b", double_sum, 0, 0.25, 0), value("c", int_minimum, -7, 0, 2),
        value("d", int_maximum, -9, 0, 1), value("e", average, 0, 2, 2), spread_of({4})}});
  job.vertices[0].emplace_back(); // a subtask that has reported nothing
  CHECK(texts(job) == std::vector<std::string>{"a LongCounter 7", "b DoubleCounter 0.75", "c LongMinimum -7",
                                               "d LongMaximum -5", "e AverageAccumulator 2",
                                               "spread Histogram count=3 min=1 max=4 mean=2.3333333333333335 "
                                               "p50=2.0625 p95=4 p99=4"});
}

TEST_CASE("a minimum of nothing does not count, and is null where there is no other") {
  using enum accumulator_kind;
  CHECK(texts(job_of({{value("a", double_minimum, 0, 0, 0)}, {value("a", double_minimum, 0, 9, 1)}})) ==
        std::vector<std::string>{"a DoubleMinimum 9"});
  CHECK(texts(job_of({{value("a", int_maximum, 0, 0, 0)}, {value("b", average, 0, 0, 0)}})) ==
        std::vector<std::string>{"a LongMaximum null", "b AverageAccumulator null"});
}

TEST_CASE("one name with two kinds gives two lines") {
  using enum accumulator_kind;
  CHECK(texts(job_of({{value("a", long_sum, 1, 0, 0)}, {value("a", double_sum, 0, 2, 0)}})) ==
        std::vector<std::string>{"a LongCounter 1", "a DoubleCounter 2"});
}
