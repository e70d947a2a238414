// How a job goes on after failures. Numbers in brackets: the planted bugs of protocol-checkpoint that a test
// is for.
#include "restarting_job.hpp"

using namespace weir;
using enum task_state;

TEST_CASE_FIXTURE(
    restarting_job,
    "after a failure the tasks begin anew where they were, once all have ended and the delay passed") {
  run();
  auto before = tasks;
  tell(at(0, 0), failed, "it broke");
  CHECK(state() == job_state::restarting);
  CHECK(told_to_cancel() == std::set{at(0, 1).attempt, at(1, 0).attempt});
  CHECK(core.wake_at() == time_point::min());
  pass(0ms);
  CHECK(core.wake_at() == now + 100ms);
  pass(100ms);
  CHECK(told<weir::deploy>().empty());
  CHECK(core.details().waiting_for.find("2 tasks are to end") == 0);
  let_end();
  CHECK(state() == job_state::running);
  REQUIRE(told<weir::deploy>().size() == 3);
  for (const auto& [place, task] : tasks) {
    CHECK(task.attempt.number == 2);
    CHECK(task.session == before.at(place).session);
    CHECK(task.slot == before.at(place).slot);
    CHECK(task.allocation == before.at(place).allocation);
  }
  CHECK(at(1, 0).producers[0].attempt == at(0, 0).attempt);
  CHECK(at(0, 0).consumers[0].attempt == at(1, 0).attempt);
  CHECK(core.details().failures[0].cause == "it broke");
  CHECK(all<slots_needed>(wanted).empty());
}

TEST_CASE_FIXTURE(restarting_job, "nothing begins before the delay has passed") {
  run();
  tell(at(0, 0), failed, "it broke");
  let_end();
  CHECK(core.details().waiting_for == "the delay before its restart has not passed");
  pass(0ms);
  pass(99ms);
  CHECK(told<weir::deploy>().empty());
  pass(1ms);
  CHECK(told<weir::deploy>().size() == 3);
}

TEST_CASE_FIXTURE(restarting_job, "what is still said of the old attempts changes nothing") {
  run();
  auto old = tasks;
  tell(at(0, 0), failed, "it broke");
  pass(100ms);
  let_end();
  pass(100ms);
  REQUIRE(state() == job_state::running);
  forget();
  for (const auto& [place, task] : old) {
    tell(task, failed, "late");
    tell(task, finished);
  }
  CHECK(wanted.empty());
  CHECK(core.summary().tasks == std::map<task_state, std::uint32_t>{{deploying, 3}});
}

TEST_CASE_FIXTURE(restarting_job,
                  "a job that fails more often than the strategy bears is failed, and says so") {
  run();
  for (int i = 0; i < 3; ++i) {
    tell(at(1, 0), failed, "it broke");
    let_end();
    pass(0ms);
    pass(100ms);
    REQUIRE(state() == job_state::running);
    let_run();
  }
  tell(at(1, 0), failed, "it broke again");
  CHECK(state() == job_state::restarting);
  pass(0ms);
  CHECK(state() == job_state::failing);
  let_end();
  auto ends = all<store_end>(wanted);
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::failed);
  CHECK(ends[0].details.failures.size() == 4);
  CHECK(ends[0].details.failures[0].cause ==
        "it broke again; the restart strategy (fixed delay of 100 ms, at most 3 restarts) bears no more");
}

TEST_CASE_FIXTURE(restarting_job, "what fails because of a failure is no failure of its own") {
  run();
  tell(at(0, 0), failed, "the cause");
  tell(at(1, 0), failed, "a consequence");
  tell(at(0, 1), failed, "another");
  pass(0ms);
  pass(100ms);
  CHECK(state() == job_state::running);
  REQUIRE(core.details().failures.size() == 1);
  CHECK(core.details().failures[0].cause == "the cause");
}

// ---- workers and slots

TEST_CASE_FIXTURE(restarting_job, "slots of a lost worker are asked for anew, and the others are kept") {
  run();
  weir::deploy kept = at(0, 0).session == session_of(1) ? at(0, 0) : at(0, 1);
  lose_worker(session_of(2));
  CHECK(state() == job_state::restarting);
  CHECK(all<slots_needed>(wanted).back().count == 2);
  CHECK(all<slots_needed>(wanted).back().handled == session_of(2));
  let_end();
  pass(0ms);
  pass(100ms);
  CHECK(told<weir::deploy>().empty());
  CHECK(core.details().waiting_for == "1 of 2 slots are yet to be offered");
  offer_one(session_of(3), 7);
  REQUIRE(told<weir::deploy>().size() == 3);
  CHECK(state() == job_state::running);
  const weir::deploy& same = at(kept.attempt.vertex, kept.attempt.subtask);
  CHECK(same.allocation == kept.allocation);
  CHECK(same.session == session_of(1));
  std::set<session_id> used;
  for (const auto& [place, task] : tasks)
    used.insert(task.session);
  CHECK(used == std::set{session_of(1), session_of(3)});
  CHECK(sent<reject>(offer_slot(session_of(4), 8)).size() == 1);
}

TEST_CASE_FIXTURE(restarting_job, "a worker that is lost while the job restarts delays it and no more") {
  run();
  tell(at(0, 0), failed, "it broke");
  lose_worker(session_of(1));
  lose_worker(session_of(2));
  CHECK(core.details().failures.size() == 1);
  CHECK(core.details().failures[0].cause.find("it broke; then worker x was lost") == 0);
  pass(0ms);
  pass(100ms);
  CHECK(told<weir::deploy>().empty());
  offer_one(session_of(1, 2), 3);
  offer_one(session_of(2, 2), 4);
  CHECK(told<weir::deploy>().size() == 3);
  CHECK(state() == job_state::running);
}

TEST_CASE_FIXTURE(restarting_job, "a slot that was offered for the restart can be lost before it") {
  run();
  lose_worker(session_of(2));
  let_end();
  offer_one(session_of(3), 7);
  lose_worker(session_of(3));
  CHECK(all<slots_needed>(wanted).back().count == 2);
  pass(0ms);
  pass(100ms);
  CHECK(told<weir::deploy>().empty());
  offer_one(session_of(4), 8);
  CHECK(told<weir::deploy>().size() == 3);
}

TEST_CASE_FIXTURE(restarting_job, "a worker that does not have the task's slot any more costs a restart") {
  run();
  weir::deploy gone = at(1, 0);
  note(core.on_allocation_gone({.session = gone.session, .allocation = gone.allocation, .job = job}, ++wall));
  CHECK(state() == job_state::restarting);
  CHECK(all<slots_needed>(wanted).empty()); // as many as before
  let_end();
  pass(0ms);
  pass(100ms);
  offer_one(gone.session, 9);
  CHECK(state() == job_state::running);
}

TEST_CASE_FIXTURE(restarting_job,
                  "a restart without slots gives back what it holds and tries again as often as it may") {
  run();
  lose_worker(session_of(2));
  let_end();
  pass(0ms);
  pass(100ms);
  for (int i = 0; i < 2; ++i) {
    forget();
    note(core.on_request_failed({job, "1 of 2 slots are missing for 5 min"}, ++wall));
    auto needs = all<slots_needed>(wanted);
    REQUIRE(needs.size() == 1);
    CHECK(needs[0].count == 0);
    CHECK(std::holds_alternative<slots_needed>(wanted.front())); // before anything is returned
    CHECK(told<release>().size() == (i == 0 ? 1 : 0));
    CHECK(sent<reject>(offer_slot(session_of(3), 20)).size() == 1);
    pass(0ms);
    pass(100ms);
    CHECK(all<slots_needed>(wanted).back().count == 2);
  }
  SUBCASE("and goes on when there are some") {
    offer_one(session_of(3), 21);
    offer_one(session_of(3), 22);
    CHECK(state() == job_state::running);
    CHECK(told<weir::deploy>().size() == 3);
  }
  SUBCASE("and fails when it may not any more") {
    note(core.on_request_failed({job, "1 of 2 slots are missing for 5 min"}, ++wall));
    pass(0ms);
    REQUIRE(all<store_end>(wanted).size() == 1);
    CHECK(all<store_end>(wanted)[0].details.summary.state == job_state::failed);
    CHECK(all<slots_needed>(wanted).back().count == 0);
  }
}

// ---- regions

TEST_CASE_FIXTURE(two_regions, "only what exchanges records with the failed task is restarted") {
  run();
  weir::deploy other = at(1, 1);
  tell(at(1, 0), failed, "it broke");
  CHECK(state() == job_state::restarting);
  CHECK(told_to_cancel() == std::set{at(0, 0).attempt});
  let_end();
  pass(0ms);
  pass(100ms);
  CHECK(state() == job_state::running);
  CHECK(told<weir::deploy>().size() == 2);
  CHECK(at(0, 0).attempt.number == 2);
  CHECK(at(1, 0).attempt.number == 2);
  CHECK(at(1, 1) == other);
  CHECK(state_of(other) == running);
}

TEST_CASE_FIXTURE(two_regions, "a task of another region that fails meanwhile is restarted with the first") {
  run();
  tell(at(1, 0), failed, "it broke");
  SUBCASE("by itself") {
    tell(at(0, 1), failed, "it broke too");
  }
  SUBCASE("canceled by its worker") {
    tell(at(0, 1), canceled);
  }
  let_end();
  pass(0ms);
  pass(100ms);
  CHECK(told<weir::deploy>().size() == 4);
  CHECK(core.details().failures.size() == 2);
}

TEST_CASE_FIXTURE(
    two_regions,
    "a region that has finished is not restarted, and a slot that only it had is not asked for") {
  run();
  tell(at(0, 0), finished);
  tell(at(1, 0), finished);
  weir::deploy rest = at(0, 1);
  SUBCASE("after a failure elsewhere") {
    tell(at(1, 1), failed, "it broke");
    let_end();
  }
  SUBCASE("after the loss of both workers") {
    lose_worker(at(0, 0).session);
    CHECK(state() == job_state::running);
    CHECK(all<slots_needed>(wanted).back().count == 1);
    lose_worker(rest.session);
    CHECK(all<slots_needed>(wanted).back().count == 1);
    offer_one(session_of(5), 9);
  }
  pass(0ms);
  pass(100ms);
  CHECK(state() == job_state::running);
  CHECK(told<weir::deploy>().size() == 2);
  CHECK(at(0, 0).attempt.number == 1);
  CHECK(at(0, 1).attempt.number == 2);
  tell(at(0, 1), finished);
  tell(at(1, 1), finished);
  REQUIRE(all<store_end>(wanted).size() == 1);
  CHECK(all<store_end>(wanted)[0].details.summary.state == job_state::finished);
}

TEST_CASE_FIXTURE(
    restarting_job,
    "a task that had finished begins anew with the region it is of, and its results count once") {
  run();
  tell(at(0, 0), finished, "", "old ");
  tell(at(1, 0), failed, "it broke");
  let_end();
  pass(0ms);
  pass(100ms);
  CHECK(told<weir::deploy>().size() == 3);
  tell(at(0, 0), finished, "", "new ");
  tell(at(0, 1), finished);
  tell(at(1, 0), finished);
  CHECK(all<store_end>(wanted)[0].details.results == std::vector<task_result>{{"out", "new "}});
}

TEST_CASE_FIXTURE(restarting_job,
                  "results of ended attempts are not held against the limit of a restarted job") {
  run();
  tell(at(0, 0), finished, "", std::string(60, 'x'));
  tell(at(1, 0), failed, "it broke");
  let_end();
  pass(0ms);
  pass(100ms);
  tell(at(0, 0), finished, "", std::string(60, 'x'));
  CHECK(state() == job_state::running);
  tell(at(0, 1), finished, "", std::string(60, 'x'));
  CHECK(state() == job_state::failing); // a restart would not better it
}

// ---- the user's wish

TEST_CASE_FIXTURE(restarting_job, "a job that is canceled while it restarts begins nothing any more") {
  run();
  tell(at(0, 0), failed, "it broke");
  SUBCASE("while its tasks are ending") {
    note(core.on_cancel(++wall));
    CHECK(state() == job_state::cancelling);
    let_end();
  }
  SUBCASE("while it waits") {
    let_end();
    note(core.on_cancel(++wall));
  }
  CHECK(all<slots_needed>(wanted).back().count == 0);
  auto ends = all<store_end>(wanted);
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].details.summary.state == job_state::canceled);
  pass(1h);
  CHECK(told<weir::deploy>().empty());
  CHECK(core.wake_at() == time_point::max());
}

// ---- with checkpoints

TEST_CASE_FIXTURE(restarting_job, "a restart begins from the newest completed checkpoint [4, 16, 32]") {
  run();
  complete_checkpoint();
  CHECK(complete_checkpoint() == 2);
  pass(1s);
  acknowledge(3, 0, 0);
  acknowledge(3, 1, 0);
  tell(at(0, 1), failed, "it broke");
  CHECK(all<delete_files>(wanted).back().paths == std::vector{path_of(3, 0, 0), path_of(3, 1, 0)});
  let_end();
  pass(0ms);
  pass(100ms);
  REQUIRE(told<weir::deploy>().size() == 3);
  for (const auto& [place, task] : tasks) {
    CHECK(task.restored.checkpoint == 2);
    CHECK(restored_path(task) == path_of(2, place.vertex, place.subtask));
  }
  // All of the operator's subtasks: of some states each may need a part of each.
  CHECK(at(0, 1).restored.operators ==
        std::vector<restored_operator>{{operator_numbered(1), {{path_of(2, 0, 0)}, {path_of(2, 0, 1)}}}});
  CHECK(core.details().checkpoints->latest_restored->id == 2);
}

TEST_CASE_FIXTURE(
    two_regions,
    "a region that restarts has its part of the newest completed checkpoint, not of its last [32]") {
  run();
  complete_checkpoint();
  pass(1s);
  acknowledge(2, 0, 0);
  acknowledge(2, 1, 0);
  tell(at(1, 0), failed, "it broke");
  std::set<attempt_id> heard;
  for (const checkpoint_aborted& each : told<checkpoint_aborted>())
    heard.insert(each.attempt);
  CHECK(heard.contains(at(0, 1).attempt));
  CHECK(heard.contains(at(1, 1).attempt));
  let_end();
  pass(0ms);
  pass(100ms);
  REQUIRE(told<weir::deploy>().size() == 2);
  CHECK(restored_path(at(1, 0)) == path_of(1, 1, 0));
  // What is under way of the other region counts for nothing.
  acknowledge(2, 0, 1);
  acknowledge(2, 1, 1);
  CHECK(all<store_checkpoint>(wanted).empty());
}

TEST_CASE_FIXTURE(restarting_job, "without a completed checkpoint a restart begins from nothing") {
  run();
  tell(at(0, 1), failed, "it broke");
  let_end();
  pass(0ms);
  pass(100ms);
  CHECK(at(0, 0).restored == restored_state{});
}

TEST_CASE_FIXTURE(restarting_job, "no checkpoint is taken before all tasks run again") {
  run();
  tell(at(0, 1), failed, "it broke");
  pass(10s);
  let_end();
  pass(10s);
  tell(at(0, 0), running);
  tell(at(0, 1), running);
  pass(10s);
  CHECK(told<trigger_checkpoint>().empty());
  tell(at(1, 0), running);
  pass(0ms);
  pass(1s);
  CHECK(told<trigger_checkpoint>().size() == 2);
}

TEST_CASE_FIXTURE(restarting_job,
                  "a restart waits until it shows whether the checkpoint being stored is complete [34]") {
  run();
  complete_checkpoint();
  CHECK(take_checkpoint() == 2);
  tell(at(0, 1), failed, "it broke");
  let_end();
  pass(0ms);
  pass(100ms);
  CHECK(told<weir::deploy>().empty());
  CHECK(core.details().waiting_for == "the metadata of a checkpoint is being stored");
  checkpoint_id expected = 0;
  SUBCASE("it is") {
    store(2);
    expected = 2;
  }
  SUBCASE("it is not") {
    note(core.on_checkpoint_store_failed(2, "full", false, ++wall));
    expected = 1;
  }
  SUBCASE("it was to be removed again") {
    note(core.on_checkpoint_store_failed(2, "fsync", true, ++wall));
    CHECK(told<weir::deploy>().empty());
    note(core.on_checkpoint_removed(2, ++wall));
    expected = 1;
  }
  CHECK(state() == job_state::running);
  for (const auto& [place, task] : tasks)
    CHECK(task.restored.checkpoint == expected);
}

TEST_CASE_FIXTURE(restarting_job, "checkpoints that fail too often restart all tasks") {
  run();
  pass(1s);
  note(core.on_declined(
      {.session = at(1, 0).session, .attempt = at(1, 0).attempt, .checkpoint = 1, .reason = "full"}, ++wall));
  CHECK(state() == job_state::restarting);
  CHECK(told_to_cancel().size() == 3);
  CHECK(core.details().failures[0].cause.find("checkpoint 1 failed: sink (1/1) declined: full") == 0);
  let_end();
  pass(0ms);
  pass(100ms);
  CHECK(state() == job_state::running);
}

TEST_CASE_FIXTURE(
    restarting_job,
    "what attempts of the past or of lost sessions say of checkpoints counts for nothing [9, 18]") {
  run();
  weir::deploy old = at(1, 0);
  acknowledge_checkpoint late = part(1, 1, 0);
  tell(at(0, 1), failed, "it broke");
  let_end();
  pass(0ms);
  pass(100ms);
  let_run();
  pass(1s);
  REQUIRE(told<trigger_checkpoint>()[0].checkpoint == 1);
  acknowledge(1, 0, 0);
  acknowledge(1, 0, 1);
  late.state.path = "late";
  forget();
  note(core.on_acknowledged(late, ++wall));
  note(core.on_declined({.session = old.session, .attempt = old.attempt, .checkpoint = 1, .reason = "old"},
                        ++wall));
  REQUIRE(wanted.size() == 1);
  CHECK(all<delete_files>(wanted)[0].paths == std::vector<std::string>{"late"});
  acknowledge(1, 1, 0);
  CHECK(all<store_checkpoint>(wanted).size() == 1);
}

TEST_CASE_FIXTURE(restarting_job, "a cancel comes behind the notice of a checkpoint that completes [36]") {
  run();
  CHECK(take_checkpoint() == 1);
  forget();
  note(core.on_cancel(++wall));
  CHECK(state() == job_state::cancelling);
  CHECK(told<cancel>().empty());
  SUBCASE("when it does") {
    store(1);
    REQUIRE(told<checkpoint_completed>().size() == 3);
    REQUIRE(told<cancel>().size() == 3);
    auto is = [](auto tag) {
      return [](const job_action& each) {
        auto* sending = std::get_if<send_to_worker>(&each);
        return sending != nullptr && std::holds_alternative<decltype(tag)>(sending->message);
      };
    };
    auto last_notice = std::find_if(wanted.rbegin(), wanted.rend(), is(checkpoint_completed{}));
    auto first_cancel = std::find_if(wanted.begin(), wanted.end(), is(cancel{}));
    CHECK(last_notice.base() <= first_cancel);
  }
  SUBCASE("and goes on when it does not") {
    note(core.on_checkpoint_store_failed(1, "full", false, ++wall));
    CHECK(told<cancel>().size() == 3);
  }
  let_end();
  CHECK(all<store_end>(wanted)[0].details.summary.state == job_state::canceled);
}

TEST_CASE_FIXTURE(restarting_job,
                  "tasks hear of a checkpoint's end in their sessions, and lost ones do not") {
  run();
  CHECK(take_checkpoint() == 1);
  forget();
  lose_worker(at(0, 0).session);
  store(1);
  for (const checkpoint_completed& each : told<checkpoint_completed>()) {
    CHECK(each.session == at(each.attempt.vertex, each.attempt.subtask).session);
    CHECK(each.session != at(0, 0).session);
  }
  CHECK_FALSE(told<checkpoint_completed>().empty());
}

TEST_CASE_FIXTURE(restarting_job, "checkpoints go only once the end of the job is stored [31]") {
  run();
  complete_checkpoint();
  pass(1s);
  auto present = tasks;
  for (const auto& [place, task] : present)
    tell(task, finished);
  REQUIRE(all<store_end>(wanted).size() == 1);
  CHECK(all<store_end>(wanted)[0].details.checkpoints->counts.completed == 1);
  CHECK(all<store_end>(wanted)[0].details.checkpoints->counts.failed == 1);
  CHECK(all<store_end>(wanted)[0].checkpoints); // for a master after this one, should it not come to it
  CHECK(all<end_checkpoints>(wanted).empty());
  CHECK(all<store_checkpoint>(wanted).empty()); // the second one, which all finished tasks have acknowledged
  note(core.on_stored());
  CHECK(all<end_checkpoints>(wanted).size() == 1);
  CHECK(std::holds_alternative<job_done>(wanted.back()));
}

TEST_CASE_FIXTURE(restarting_job, "checkpoints that cannot be used stay when the job fails for them") {
  note(core.on_recovery_failed("the newest one is damaged", ++wall));
  REQUIRE(all<store_end>(wanted).size() == 1);
  CHECK(all<store_end>(wanted)[0].details.summary.state == job_state::failed);
  CHECK_FALSE(all<store_end>(wanted)[0].checkpoints);
  note(core.on_stored());
  CHECK(std::holds_alternative<job_done>(wanted.back()));
  CHECK(all<end_checkpoints>(wanted).empty());
}

TEST_CASE_FIXTURE(restarting_job,
                  "a job that has finished ends when it shows whether its last checkpoint is complete") {
  run();
  complete_checkpoint();
  CHECK(take_checkpoint() == 2);
  auto present = tasks;
  for (const auto& [place, task] : present)
    tell(task, finished);
  CHECK(all<store_end>(wanted).empty());
  store(2);
  CHECK(all<store_end>(wanted).size() == 1);
}

TEST_CASE_FIXTURE(restarting_job, "a checkpoint is taken for who wants one") {
  run();
  note(core.on_checkpoint_wish(5, false, ++wall));
  CHECK(core.wake_at() == time_point::min());
  pass(0ms);
  CHECK(told<trigger_checkpoint>().size() == 2);
  auto present = tasks;
  for (const auto& [place, task] : present)
    acknowledge(1, place.vertex, place.subtask);
  store(1);
  REQUIRE(all<answer_checkpoint>(wanted).size() == 1);
  CHECK(*all<answer_checkpoint>(wanted)[0].answer == 1);
}

TEST_CASE_FIXTURE(restarting_job,
                  "when the data of all sources has ended the last checkpoint comes at once") {
  run();
  for (std::uint32_t s = 0; s < 2; ++s) {
    core.on_data_ended({.session = session_of(9), .attempt = at(0, s).attempt}); // of another session
    CHECK(core.wake_at() > now);
  }
  for (std::uint32_t s = 0; s < 2; ++s)
    core.on_data_ended({.session = at(0, s).session, .attempt = at(0, s).attempt});
  CHECK(core.wake_at() == time_point::min());
}
