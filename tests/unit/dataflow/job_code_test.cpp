#include "dataflow/job_code.hpp"

#include <weir/environment.hpp>
#include <weir/sources.hpp>
#include <weir/stream.hpp>

#include <doctest/doctest.h>

using namespace weir;

namespace {

/// A job of one source and as many maps as it is told.
struct mapping_job final : job_code_provider {
  int maps = 1;

  result<std::shared_ptr<const detail::stream_graph>> build(const std::string&, const job_spec&) override {
    if (maps < 0)
      return error{errc::failed, "it threw"};
    auto env = std::make_shared<environment>();
    auto numbers = env->from(from_elements({1, 2, 3}));
    for (int i = 0; i < maps; ++i)
      numbers.map([](int n) { return n + 1; }).print();
    return std::shared_ptr<const detail::stream_graph>{env, &env->graph()};
  }

  job_spec specification() {
    job_spec spec{.name = "numbers", .parallelism = 2};
    auto options = compile_options_of(spec);
    auto graph = compile(**build({}, spec), *options);
    REQUIRE(graph);
    spec.fingerprint = fingerprint(*graph);
    return spec;
  }
};

} // namespace

TEST_CASE("a job that builds the submitted graph is taken") {
  mapping_job job;
  auto spec = job.specification();
  auto made = make_job_code(job, {}, spec);
  REQUIRE(made);
  CHECK(fingerprint(*made->graph) == spec.fingerprint);
  CHECK(made->graph->name == "numbers");
  CHECK(made->code->nodes.size() == 3);
}

TEST_CASE("a job function that builds another graph on the worker is refused with a sentence") {
  mapping_job job;
  auto spec = job.specification();
  job.maps = 2;
  auto made = make_job_code(job, {}, spec);
  REQUIRE_FALSE(made);
  CHECK(made.failure().message().find("the job function built a different graph on the worker") == 0);
}

TEST_CASE("a job function that fails on the worker fails the task with its reason") {
  mapping_job job;
  auto spec = job.specification();
  job.maps = -1;
  auto made = make_job_code(job, {}, spec);
  REQUIRE_FALSE(made);
  CHECK(made.failure().message().find("it threw") != std::string::npos);
}

TEST_CASE("the specification's configuration decides how the graph is compiled") {
  mapping_job job;
  auto plain = job.specification();
  job_spec apart{.name = "numbers", .parallelism = 2};
  apart.configuration["pipeline.operator-chaining.enabled"] = "false";
  auto options = compile_options_of(apart);
  REQUIRE(options);
  CHECK_FALSE(options->chaining);
  apart.fingerprint = plain.fingerprint;
  CHECK_FALSE(make_job_code(job, {}, apart));
  apart.configuration["pipeline.operator-chaining.enabled"] = "perhaps";
  CHECK_FALSE(compile_options_of(apart));
}

TEST_CASE("the parallelism of the specification counts, else the configured default") {
  CHECK(compile_options_of({.parallelism = 3})->parallelism == 3);
  job_spec spec;
  CHECK(compile_options_of(spec)->parallelism == 1);
  spec.configuration["parallelism.default"] = "5";
  CHECK(compile_options_of(spec)->parallelism == 5);
}
