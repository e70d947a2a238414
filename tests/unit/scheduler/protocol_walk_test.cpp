#include "small_cluster.hpp"

#include "base/log.hpp"

#include <doctest/doctest.h>

using namespace weir;

using namespace std::chrono_literals;

namespace {

struct cluster_shape {
  std::size_t workers;
  std::size_t slots;
  std::vector<std::uint32_t> parallelisms; ///< of the sources, one job each
};

/// What jobs came to, over all seeds.
struct sums {
  std::size_t finished = 0, failed = 0, canceled = 0;
  std::size_t restarts = 0, checkpoints = 0, swept = 0;
};

struct walk_plan {
  cluster_shape shape;
  int faults = 0;
  std::uint64_t seeds = 0;
  int steps = 400;
  job_settings settings = {};
  bool regions = false; ///< as many sinks as sources: each pair is a region
};

sums walk(const walk_plan& plan) {
  sums sum;
  for (std::uint64_t seed = 1; seed <= plan.seeds; ++seed) {
    small_cluster cluster{seed, plan.shape.workers, plan.shape.slots, plan.faults};
    std::uint64_t number = 0;
    for (std::uint32_t parallelism : plan.shape.parallelisms)
      cluster.submit(job_numbered(++number),
                     line_of({{"source", parallelism}, {"sink", plan.regions ? parallelism : 1}}),
                     plan.settings);
    std::string wrong = cluster.run(plan.steps);
    CAPTURE(seed);
    CAPTURE(plan.faults);
    CAPTURE(plan.shape.workers);
    REQUIRE(wrong == "");
    sum.finished += cluster.jobs_finished;
    sum.failed += cluster.jobs_failed;
    sum.canceled += cluster.jobs_canceled;
    sum.restarts += cluster.restarts;
    sum.checkpoints += cluster.checkpoints_completed;
    sum.swept += cluster.files_swept;
  }
  return sum;
}

const cluster_shape shapes[]{
    {1, 1, {1}},    {1, 2, {2}},       {2, 1, {2}},       {2, 1, {1, 1, 1}},
    {2, 2, {2, 2}}, {2, 2, {4, 2, 1}}, {3, 2, {3, 3, 2}},
};

const cluster_shape checkpointed_shapes[]{
    {1, 1, {1}}, {1, 2, {2}}, {2, 1, {2}}, {2, 2, {2, 1}}, {3, 2, {3, 3}}};

job_settings restarted(std::uint32_t attempts) {
  return {.failover = {.restart = fixed_delay{.attempts = attempts, .delay = 100ms}}};
}

job_settings checkpointed(const checkpoint_settings& checkpoints) {
  job_settings settings = restarted(10);
  settings.checkpoints = checkpoints;
  return settings;
}

const checkpoint_settings plain{.interval = 200ms, .timeout = 3s, .tolerable_failures = 3};
const checkpoint_settings incremental{.interval = 100ms,
                                      .timeout = 2s,
                                      .max_concurrent = 3,
                                      .tolerable_failures = 3,
                                      .num_retained = 2,
                                      .incremental = true,
                                      .chain_length_max = 3,
                                      .chain_ratio_max = 100.0};

struct quiet {
  quiet() { log::set_level("off"); }
  ~quiet() { log::set_level("info"); }
};

} // namespace

TEST_CASE_FIXTURE(quiet, "without faults every job ends and every slot is free afterwards") {
  for (const cluster_shape& shape : shapes)
    CHECK(walk({.shape = shape, .seeds = 40}).finished > 0);
}

TEST_CASE_FIXTURE(
    quiet, "whatever breaks and whenever, every job ends, every slot is free and every worker is back") {
  for (const cluster_shape& shape : shapes) {
    for (int faults : {1, 2, 4}) {
      sums seen = walk({.shape = shape, .faults = faults, .seeds = 200});
      CHECK(seen.finished > 0);
      CHECK(seen.failed > 0);
    }
  }
}

TEST_CASE_FIXTURE(quiet, "jobs that are restarted end as well") {
  for (const cluster_shape& shape : shapes) {
    sums seen = walk({.shape = shape, .faults = 3, .seeds = 100, .settings = restarted(2)});
    CHECK(seen.finished > 0);
    CHECK(seen.restarts > 0);
  }
}

TEST_CASE_FIXTURE(quiet, "without faults each record comes out once and no file is left") {
  for (const cluster_shape& shape : checkpointed_shapes)
    for (const checkpoint_settings& settings : {plain, incremental}) {
      sums seen = walk({.shape = shape, .seeds = 20, .steps = 1'500, .settings = checkpointed(settings)});
      CHECK(seen.finished == 20 * shape.parallelisms.size());
      CHECK(seen.checkpoints > 0);
    }
}

TEST_CASE_FIXTURE(quiet, "whatever breaks and whenever, each record comes out once and no file is left") {
  std::size_t swept = 0;
  for (const cluster_shape& shape : checkpointed_shapes)
    for (const checkpoint_settings& settings : {plain, incremental})
      for (bool regions : {false, true}) {
        sums seen = walk({.shape = shape,
                          .faults = 5,
                          .seeds = 100,
                          .steps = 1'500,
                          .settings = checkpointed(settings),
                          .regions = regions});
        CHECK(seen.finished > 0);
        CHECK(seen.restarts > 0);
        CHECK(seen.checkpoints > 0);
        swept += seen.swept;
      }
  CHECK(swept > 0);
}
