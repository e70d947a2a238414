#include "small_cluster.hpp"

#include "base/log.hpp"

#include <doctest/doctest.h>

using namespace weir;

namespace {

struct cluster_shape {
  std::size_t workers;
  std::size_t slots;
  std::vector<std::uint32_t> parallelisms; ///< one job each
};

/// Ends of all jobs over all seeds.
struct ends {
  std::size_t finished = 0, failed = 0, canceled = 0;
};

ends walk(const cluster_shape& shape, int faults, std::uint64_t seeds) {
  ends sum;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    small_cluster cluster{seed, shape.workers, shape.slots, faults};
    std::uint64_t number = 0;
    for (std::uint32_t parallelism : shape.parallelisms)
      cluster.submit(job_numbered(++number), line_of({{"source", parallelism}, {"sink", 1}}));
    std::string wrong = cluster.run(400);
    CAPTURE(seed);
    CAPTURE(faults);
    CAPTURE(shape.workers);
    REQUIRE(wrong == "");
    sum.finished += cluster.jobs_finished;
    sum.failed += cluster.jobs_failed;
    sum.canceled += cluster.jobs_canceled;
  }
  return sum;
}

const cluster_shape shapes[]{
    {1, 1, {1}},    {1, 2, {2}},       {2, 1, {2}},       {2, 1, {1, 1, 1}},
    {2, 2, {2, 2}}, {2, 2, {4, 2, 1}}, {3, 2, {3, 3, 2}},
};

struct quiet {
  quiet() { log::set_level("off"); }
  ~quiet() { log::set_level("info"); }
};

} // namespace

TEST_CASE_FIXTURE(quiet, "without faults every job ends and every slot is free afterwards") {
  for (const cluster_shape& shape : shapes)
    CHECK(walk(shape, 0, 40).finished > 0);
}

TEST_CASE_FIXTURE(
    quiet, "whatever breaks and whenever, every job ends, every slot is free and every worker is back") {
  for (const cluster_shape& shape : shapes) {
    for (int faults : {1, 2, 4}) {
      ends seen = walk(shape, faults, 200);
      CHECK(seen.finished > 0);
      CHECK(seen.failed > 0);
    }
  }
}
