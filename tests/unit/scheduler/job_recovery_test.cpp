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

namespace {

/// A job with checkpoints 6 and 7 on its disk.
struct recovered_job : restarting_job {
  explicit recovered_job(const restart_settings& restart = fixed_delay{.attempts = 3, .delay = 100ms})
      : restarting_job{line_of({{"source", 2}, {"sink", 1}}), restart} {}

  stored_checkpoint stored(checkpoint_id id) {
    completed_checkpoint found{.job = job, .id = id};
    for (std::uint32_t v = 0; v < 2; ++v) {
      found.vertices.push_back({.id = operator_numbered(v + 1), .operators = {operator_numbered(v + 1)}});
      for (std::uint32_t s = 0; s < graph->vertices[v].parallelism; ++s)
        found.vertices[v].subtasks.push_back({.chain = {{.path = path_of(id, v, s)}}});
    }
    return {found, "job/chk-" + std::to_string(id)};
  }
  static unreadable_checkpoint unreadable(checkpoint_id id) {
    return {id, "job/chk-" + std::to_string(id), "byte 40 is wrong"};
  }

  /// The newest cannot be read, and tasks are deployed from the one before.
  void go_back() {
    core.recover({.counter = 8, .completed = {stored(6)}, .unreadable = {unreadable(7)}});
    note(core.start(++wall));
    offer_one(session_of(1), 1);
    offer_one(session_of(2), 2);
    wanted.clear();
  }
  void refuse(const weir::deploy& task) {
    note(core.on_update({.session = task.session,
                         .attempt = task.attempt,
                         .state = task_state::failed,
                         .cause = "part-0-7 is committed",
                         .irreversible = true},
                        ++wall));
  }
  std::vector<checkpoint_id> removed() {
    std::vector<checkpoint_id> ids;
    for (const remove_checkpoint& each : all<remove_checkpoint>(wanted))
      ids.push_back(each.id);
    return ids;
  }
};

struct recovered_job_without_restarts : recovered_job {
  recovered_job_without_restarts() : recovered_job{no_restart{}} {}
};

using ids = std::vector<checkpoint_id>;

} // namespace

TEST_CASE_FIXTURE(recovered_job,
                  "a job goes back behind a checkpoint that cannot be read once all its tasks run") {
  go_back();
  for (const auto& [place, task] : tasks) {
    CHECK(task.restored.checkpoint == 6);
    CHECK(task.restored.goes_back);
  }
  tell(at(0, 0), task_state::running);
  tell(at(0, 1), task_state::running);
  CHECK(removed().empty());
  tell(at(1, 0), task_state::running);
  CHECK(removed() == ids{7});
  SUBCASE("and takes the next one after it") {
    pass(0ms);
    CHECK(complete_checkpoint() == 9);
  }
  SUBCASE("and then goes on from there as from any other") {
    tell(at(0, 0), task_state::failed, "user code threw");
    pass(0ms);
    let_end();
    pass(100ms);
    CHECK(at(1, 0).attempt.number == 2);
    CHECK_FALSE(at(1, 0).restored.goes_back);
  }
}

TEST_CASE_FIXTURE(recovered_job,
                  "a task that fails while the job goes back is tried again, and still goes back") {
  go_back();
  tell(at(0, 0), task_state::failed, "user code threw");
  pass(0ms);
  let_end();
  pass(100ms);
  CHECK(at(1, 0).attempt.number == 2);
  CHECK(at(1, 0).restored.goes_back);
}

TEST_CASE_FIXTURE(recovered_job, "a job waits for a person when a sink cannot go back") {
  go_back();
  tell(at(0, 0), task_state::running);
  refuse(at(1, 0));
  CHECK(core.is_blocked());
  CHECK(core.summary().state == job_state::restarting);
  // What the others have prepared may be needed.
  CHECK(told_to_cancel().size() == 2);
  for (const cancel& each : told<cancel>())
    CHECK_FALSE(each.job_ends);
  let_end();
  pass(1h);
  CHECK(at(1, 0).attempt.number == 1);
  CHECK(core.details().waiting_for.find("part-0-7 is committed; the newest checkpoint") != std::string::npos);
  SUBCASE("as long as the checkpoint cannot be read") {
    core.recover({.counter = 8, .completed = {stored(6)}, .unreadable = {unreadable(7)}});
    note(core.go_on(++wall));
    CHECK(core.is_blocked());
    CHECK(at(1, 0).attempt.number == 1);
  }
  SUBCASE("and goes on from the checkpoint when it can be read again") {
    core.recover({.counter = 8, .completed = {stored(6), stored(7)}});
    note(core.go_on(++wall));
    CHECK_FALSE(core.is_blocked());
    CHECK(at(1, 0).attempt.number == 2);
    CHECK(at(1, 0).restored.checkpoint == 7);
    CHECK_FALSE(at(1, 0).restored.goes_back);
    CHECK(removed() == ids{6});
  }
  SUBCASE("and goes on from the one before when it was removed") {
    core.recover({.counter = 8, .completed = {stored(6)}});
    note(core.go_on(++wall));
    CHECK(at(1, 0).restored.checkpoint == 6);
    CHECK_FALSE(at(1, 0).restored.goes_back);
  }
  SUBCASE("and looks anew when that cannot be read either") {
    core.recover({.counter = 8, .completed = {stored(5)}, .unreadable = {unreadable(6)}});
    note(core.go_on(++wall));
    CHECK(at(1, 0).restored.checkpoint == 5);
    CHECK(at(1, 0).restored.goes_back);
  }
  SUBCASE("and leaves all where it is when it is canceled") {
    note(core.on_cancel(++wall));
    CHECK(all<store_end>(wanted).size() == 1);
    CHECK(all<end_checkpoints>(core.on_stored()).empty());
  }
}

TEST_CASE_FIXTURE(recovered_job_without_restarts,
                  "also a job that is never restarted waits for a person when a sink cannot go back") {
  go_back();
  refuse(at(1, 0));
  CHECK(core.is_blocked());
}

TEST_CASE_FIXTURE(recovered_job, "a job that is canceled while it goes back leaves all where it is") {
  go_back();
  tell(at(0, 0), task_state::running);
  note(core.on_cancel(++wall));
  CHECK(told<cancel>().size() == 3);
  for (const cancel& each : told<cancel>())
    CHECK_FALSE(each.job_ends);
  let_end();
  CHECK(all<store_end>(wanted).size() == 1);
  CHECK(all<end_checkpoints>(core.on_stored()).empty());
}

TEST_CASE_FIXTURE(recovered_job, "an older checkpoint that cannot be read is removed") {
  core.recover({.counter = 8, .completed = {stored(7)}, .unreadable = {unreadable(6)}});
  note(core.start(++wall));
  offer_one(session_of(1), 1);
  offer_one(session_of(2), 2);
  CHECK_FALSE(at(1, 0).restored.goes_back);
  CHECK(removed() == ids{6});
}

TEST_CASE_FIXTURE(recovered_job, "a job goes on from what a master before it stored") {
  core.recover({.counter = 8, .completed = {stored(6)}});
  run();
  CHECK(at(0, 1).restored.checkpoint == 6);
  CHECK(restored_path(at(0, 1)) == path_of(6, 0, 1));
  CHECK(complete_checkpoint() == 9);
}
