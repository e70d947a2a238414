// How a job goes on after the end of its master.
#include "restarting_job.hpp"

#include <algorithm>

using namespace weir;

TEST_CASE_FIXTURE(restarting_job,
                  "a job whose newest checkpoint cannot be read waits, and goes on once it can") {
  core.on_recovery_blocked("restore it from a copy");
  CHECK(core.summary().state == job_state::initializing);
  CHECK(core.details().waiting_for == "restore it from a copy");
  core.recover({.counter = 8});
  CHECK(core.details().waiting_for.empty());
  run();
  CHECK(complete_checkpoint() == 9);
}

TEST_CASE_FIXTURE(restarting_job,
                  "a job that ends before its checkpoints could be read removes none of them") {
  auto ends_checkpoints = [](const job_manager_core::actions& actions) {
    return std::ranges::any_of(
        actions, [](const job_action& each) { return std::holds_alternative<end_checkpoints>(each); });
  };
  SUBCASE("as they cannot be used") {
    core.on_recovery_failed("no such folder", ++wall);
    CHECK_FALSE(ends_checkpoints(core.on_stored()));
    CHECK(core.summary().state == job_state::failed);
  }
  SUBCASE("as it was canceled meanwhile") {
    core.on_recovery_blocked("restore it from a copy");
    core.on_cancel(++wall);
    CHECK_FALSE(ends_checkpoints(core.on_stored()));
    CHECK(core.summary().state == job_state::canceled);
  }
  SUBCASE("but when they could be read they go") {
    core.on_recovery_blocked("restore it from a copy");
    core.recover({.counter = 8});
    core.on_cancel(++wall);
    CHECK(ends_checkpoints(core.on_stored()));
  }
}

TEST_CASE_FIXTURE(restarting_job, "a job goes on from what a master before it stored") {
  completed_checkpoint found{.job = job, .id = 6};
  for (std::uint32_t v = 0; v < 2; ++v) {
    found.vertices.push_back({.id = operator_numbered(v + 1), .operators = {operator_numbered(v + 1)}});
    for (std::uint32_t s = 0; s < graph->vertices[v].parallelism; ++s)
      found.vertices[v].subtasks.push_back({.chain = {{.path = path_of(6, v, s)}}});
  }
  core.recover({.counter = 8, .completed = {{found, "job/chk-6"}}});
  run();
  CHECK(at(0, 1).restored.checkpoint == 6);
  CHECK(restored_path(at(0, 1)) == path_of(6, 0, 1));
  CHECK(complete_checkpoint() == 9);
}
