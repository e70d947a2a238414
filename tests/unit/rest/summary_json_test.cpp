#include "rest/summary_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <numeric>
#include <vector>

using namespace weir;

TEST_CASE("a summary of nothing has no percentiles") {
  nlohmann::json summary = summary_json({});
  for (const char* name : {"min", "max", "avg"})
    CHECK(summary[name] == 0);
  for (const char* name : {"p50", "p90", "p95", "p99", "p999"})
    CHECK(summary[name] == "NaN");
}

TEST_CASE("a summary of one number is that number") {
  nlohmann::json summary = summary_json({42});
  for (const auto& [name, value] : summary.items())
    CHECK_MESSAGE(value == 42, name);
}

TEST_CASE("percentiles lie between the two numbers beside their rank") {
  std::vector<std::int64_t> values(99);
  std::iota(values.rbegin(), values.rend(), 1);
  nlohmann::json summary = summary_json(values);
  CHECK(summary["min"] == 1);
  CHECK(summary["max"] == 99);
  CHECK(summary["avg"] == 50);
  CHECK(summary["p50"].get<double>() == doctest::Approx(50));
  CHECK(summary["p90"].get<double>() == doctest::Approx(90));
  CHECK(summary["p99"].get<double>() == doctest::Approx(99));
  CHECK(summary["p999"].get<double>() == doctest::Approx(99));
  CHECK(summary_json({10, 20})["p50"].get<double>() == doctest::Approx(15));
}

TEST_CASE("the mean of large sizes does not overflow") {
  std::int64_t large = std::int64_t{1} << 62;
  CHECK(summary_json({large, large, large})["avg"] == large);
}
