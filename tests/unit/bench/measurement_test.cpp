#include "measurement.hpp"
#include "report.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace {

bench::bench_case timed(double limit, double weir) {
  bench::bench_case made;
  made.name = "job_start";
  made.unit = "s";
  made.kind = bench::quantity::time;
  made.limit = [limit] { return bench::run{limit}; };
  made.weir = [weir] { return bench::run{weir}; };
  return made;
}

} // namespace

TEST_CASE("the ratio of a time is above 1 when weir takes less than the limit") {
  CHECK(compare(timed(1.0, 0.25), 0).ratio() == doctest::Approx(4));
}

TEST_CASE("the ratio of a rate is above 1 when weir does more than the limit") {
  auto rate = timed(100, 100);
  rate.kind = bench::quantity::rate;
  auto result = compare(rate, 0);
  result.limit.values = {1, 9, 2};
  result.weir.values = {8, 4, 0};
  CHECK(result.limit.median() == 2);
  CHECK(result.ratio() == doctest::Approx(2));
}

TEST_CASE("limit, weir and references take turns, at least five rounds behind an unmeasured one") {
  std::string order;
  auto question = timed(1, 1);
  question.limit = [&] { return order += 'l', bench::run{1}; };
  question.weir = [&] { return order += 'w', bench::run{1}; };
  question.references.push_back({"other", [&] { return order += 'r', bench::run{1}; }});
  auto result = compare(question, 0);
  CHECK(order == "lwrlwrlwrlwrlwrlwr");
  CHECK(result.weir.values.size() == 5);
}

TEST_CASE("sides that compute different things are a failure, not a ratio") {
  auto question = timed(1, 1);
  question.limit = [] { return bench::run{1, 7}; };
  question.weir = [] { return bench::run{1, 8}; };
  CHECK(compare(question, 0).failure == "weir and the limit did not compute the same");
}

TEST_CASE("a run that fails is told in the table and in JSON") {
  auto question = timed(1, 1);
  question.weir = []() -> bench::run { throw std::runtime_error{"no \"slots\""}; };
  auto result = compare(question, 0);
  CHECK(table_line(result).find("failed: no \"slots\"") != std::string::npos);
  CHECK(nlohmann::json::parse(json_line(result)).at("failure") == "no \"slots\"");
}

TEST_CASE("a line of JSON has the fields that other programs read") {
  auto question = timed(1, 0.5);
  question.target = 1;
  auto line = nlohmann::json::parse(json_line(compare(question, 0)));
  CHECK(line.at("bench") == "job_start");
  CHECK(line.at("variant") == "");
  CHECK(line.at("weir") == 0.5);
  CHECK(line.at("limit") == 1);
  CHECK(line.at("unit") == "s");
  CHECK(line.at("ratio") == 2);
}
