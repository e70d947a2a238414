#include "example_job.hpp"
#include "rest_fixture.hpp"

#include <weir/detail/histogram.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

using namespace weir;
using namespace weir::testing;
using nlohmann::json;

namespace {

/// The second vertex of the example job has two subtasks that counted and measured.
struct metric_fixture : rest_fixture {
  metric_fixture() {
    cluster.job_list = {example_job()};
    measure(0, 40, 950);
    measure(1, 2, 200);
  }

  void measure(std::uint32_t subtask, std::int64_t late, double backpressured) {
    auto made = std::make_shared<task_measurements>();
    detail::accumulator_value accumulator;
    accumulator.name = "late";
    accumulator.integer = late;
    made->accumulators = {accumulator};
    made->rates.busy_ms = 30;
    made->rates.backpressured_ms = backpressured;
    made->input_watermark = 1000 + subtask;
    detail::metric_value depth, spread;
    depth.name = "queue depth";
    depth.kind = detail::metric_kind::gauge;
    depth.value = 2.5;
    spread.name = "spread";
    spread.kind = detail::metric_kind::histogram;
    add_value(spread.histogram, 3);
    made->operators = {{.name = "count.all", .records_in = 7, .records_out = 5, .metrics = {depth, spread}}};
    cluster.job_list[0].vertices[1][subtask].measurements = std::move(made);
  }

  answer job(const std::string& part) { return get(std::string{"/jobs/"} + example_id_text + part); }
  answer vertex(const std::string& part) { return job(std::string{"/vertices/"} + count_vertex_text + part); }
};

} // namespace

TEST_CASE_FIXTURE(metric_fixture, "the metrics of a vertex are listed by subtask, and asked for by name") {
  json names = vertex("/metrics").body;
  for (const char* name : {"0.numRecordsIn", "1.busyTimeMsPerSecond", "0.count_all.numRecordsOut",
                           "1.count_all.queue_depth", "0.count_all.spread_p99"})
    CHECK(std::ranges::count(names, json{{"id", name}}) == 1);
  CHECK(vertex("/metrics?get=1.count_all.queue_depth,0.nothing,0.numRecordsIn").body ==
        json{{{"id", "1.count_all.queue_depth"}, {"value", "2.5"}},
             {{"id", "0.numRecordsIn"}, {"value", "500"}}});
  CHECK(vertex("/metrics?get=").body == json::array());
}

TEST_CASE_FIXTURE(metric_fixture, "the metrics of one subtask have no number in front") {
  CHECK(vertex("/subtasks/1/metrics?get=currentInputWatermark").body ==
        json{{{"id", "currentInputWatermark"}, {"value", "1001"}}});
  CHECK(vertex("/subtasks/2/metrics").status == 404);
}

TEST_CASE_FIXTURE(metric_fixture, "metrics are aggregated over the subtasks that are asked for") {
  json one = vertex("/subtasks/metrics?get=backPressuredTimeMsPerSecond").body.at(0);
  expect_fields(one, "id:text min:number max:number avg:number sum:number skew:number");
  CHECK(one["sum"] == 1150.0);
  CHECK(one["min"] == 200.0);
  CHECK(one["avg"] == 575.0);
  CHECK(vertex("/subtasks/metrics?get=backPressuredTimeMsPerSecond&agg=max&subtasks=1-3").body ==
        json{{{"id", "backPressuredTimeMsPerSecond"}, {"max", 200.0}}});
  CHECK(std::ranges::count(vertex("/subtasks/metrics").body, json{{"id", "numRecordsIn"}}) == 1);
}

TEST_CASE_FIXTURE(metric_fixture, "accumulators are shown of the job, a vertex, a subtask and an attempt") {
  json total{{"name", "late"}, {"type", "LongCounter"}, {"value", "42"}};
  CHECK(job("/accumulators").body["user-task-accumulators"] == json{total});
  answer serialized = job("/accumulators?includeSerializedValue=true");
  CHECK(serialized.body["serialized-user-task-accumulators"] == json{{"late", "NDI="}});
  CHECK(vertex("/accumulators").body == json{{"id", count_vertex_text}, {"user-accumulators", {total}}});

  json subtasks = vertex("/subtasks/accumulators").body;
  expect_fields(subtasks, "id:text parallelism:int subtasks:list");
  REQUIRE(subtasks["subtasks"].size() == 2);
  expect_fields(subtasks["subtasks"][1], "subtask:int attempt:int host:text user-accumulators:list");
  CHECK(subtasks["subtasks"][1]["user-accumulators"][0]["value"] == "2");

  answer attempt = vertex("/subtasks/0/attempts/1/accumulators");
  expect_fields(attempt.body, "subtask:int attempt:int id:text user-accumulators:list");
  CHECK(attempt.body["user-accumulators"][0]["value"] == "40");
  CHECK(vertex("/subtasks/0/attempts/2/accumulators").status == 404);
}

TEST_CASE_FIXTURE(metric_fixture, "subtasks without accumulators are listed too") {
  std::string path = std::string{"/vertices/"} + words_vertex_text + "/subtasks/accumulators";
  CHECK(job(path).body["subtasks"].size() == 2);
}

TEST_CASE_FIXTURE(metric_fixture,
                  "watermarks are one for each subtask, the least number where there is none") {
  CHECK(vertex("/watermarks").body == json{{{"id", "0.currentInputWatermark"}, {"value", "1000"}},
                                           {{"id", "1.currentInputWatermark"}, {"value", "1001"}}});
  answer words = job(std::string{"/vertices/"} + words_vertex_text + "/watermarks");
  CHECK(words.body[0]["value"] == "-9223372036854775808");
}

TEST_CASE_FIXTURE(metric_fixture, "backpressure is the worst of the subtasks that run") {
  answer got = vertex("/backpressure");
  expect_fields(got.body, "status:text backpressure-level:text backpressureLevel:text end-timestamp:int "
                          "subtasks:list");
  CHECK(got.body["backpressure-level"] == "high");
  CHECK(got.body["subtasks"][1]["backpressure-level"] == "low");
  CHECK(got.body["subtasks"][0]["ratio"] == 0.95);
  answer words = job(std::string{"/vertices/"} + words_vertex_text + "/backpressure");
  CHECK(words.body == json{{"status", "deprecated"}});
}

TEST_CASE_FIXTURE(metric_fixture, "a job has metrics of its own, also over all jobs") {
  CHECK(job("/metrics?get=uptime").body == json{{{"id", "uptime"}, {"value", "100000"}}});
  CHECK(get("/jobs/metrics?get=uptime&agg=max,min").body ==
        json{{{"id", "uptime"}, {"max", 100000.0}, {"min", 100000.0}}});
  CHECK(get("/jobs/metrics?get=uptime&jobs=00000000000000000000000000000001").body == json::array());
}

TEST_CASE_FIXTURE(metric_fixture, "one subtask and one attempt are shown as in their vertex") {
  json listed = vertex("").body["subtasks"][1];
  CHECK(vertex("/subtasks/1").body == listed);
  CHECK(vertex("/subtasks/1/attempts/1").body == listed);
  CHECK(vertex("/subtasks/1/attempts/7").status == 404);
  CHECK(vertex("/subtasks/9").status == 404);
}
