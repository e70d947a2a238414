// How a checkpoint does not come about. Numbers in brackets: the planted bugs of protocol-checkpoint that a
// test is for.
#include "checkpointed_job.hpp"

#include "base/log.hpp"

using namespace weir;

namespace {

struct tolerant_job : checkpointed_job {
  explicit tolerant_job(std::uint32_t tolerable_failures = 2)
      : checkpointed_job{{.interval = 100ms, .timeout = 1s, .tolerable_failures = tolerable_failures}} {
    log::set_level("off");
  }
  ~tolerant_job() { log::set_level("info"); }

  std::vector<attempt_id> told_of_abort(checkpoint_id id) {
    std::vector<attempt_id> heard;
    for (const checkpoint_aborted& each : told<checkpoint_aborted>()) {
      CHECK(each.checkpoint == id);
      heard.push_back(each.attempt);
    }
    return heard;
  }

  std::vector<attempt_id> every_task() { return {attempt(source, 0), attempt(source, 1), attempt(sink, 0)}; }
};

} // namespace

TEST_CASE_FIXTURE(tolerant_job, "a checkpoint that a task declines is over, and every task hears so [29]") {
  run();
  CHECK(trigger() == 1);
  acknowledge(1, source, 0);
  decline(1, sink, 0);
  CHECK(told_of_abort(1) == every_task());
  CHECK(deleted() == std::vector<std::string>{path_of(1, source, 0)});
  acknowledge(1, source, 1);
  CHECK(take<store_checkpoint>().empty());
  CHECK(coordinator.overview().latest_failed->failure == "sink (1/1) declined: the disk is full");
  CHECK(trigger() == 2);
}

TEST_CASE_FIXTURE(tolerant_job, "a task declines only while it is waited for") {
  run();
  CHECK(trigger() == 1);
  acknowledge(1, sink, 0);
  decline(1, sink, 0);
  decline(7, source, 0);
  CHECK(told<checkpoint_aborted>().empty());
}

TEST_CASE_FIXTURE(tolerant_job, "a checkpoint that takes too long is over") {
  run();
  CHECK(trigger() == 1);
  acknowledge(1, source, 0);
  CHECK(coordinator.wake_at() == now + 1s);
  pass(999ms);
  CHECK(told<checkpoint_aborted>().empty());
  pass(1ms);
  CHECK(told_of_abort(1) == every_task());
  CHECK(deleted() == std::vector<std::string>{path_of(1, source, 0)});
}

TEST_CASE_FIXTURE(tolerant_job, "a checkpoint that is being stored does not expire") {
  run();
  CHECK(trigger() == 1);
  acknowledge_all(1);
  pass(1h);
  CHECK(told<checkpoint_aborted>().empty());
  store(1);
  CHECK(coordinator.restore_point()->id == 1);
}

TEST_CASE_FIXTURE(tolerant_job,
                  "what comes for a checkpoint that is over is deleted, and no more than that [49]") {
  run();
  CHECK(trigger() == 1);
  decline(1, sink, 0);
  acknowledge(1, source, 0);
  CHECK(deleted() == std::vector<std::string>{path_of(1, source, 0)});
  acknowledge_checkpoint stateless = part(1, source, 1);
  stateless.state = {};
  note(coordinator.on_acknowledged(stateless, true, ++wall));
  CHECK(deleted().empty());
}

TEST_CASE_FIXTURE(tolerant_job, "with its tasks all that is under way fails, and nothing begins [16]") {
  run();
  CHECK(trigger() == 1);
  acknowledge(1, source, 0);
  acknowledge(1, source, 1);
  note(coordinator.suspend("a task failed", ++wall));
  CHECK(told_of_abort(1) == every_task());
  CHECK(deleted() == std::vector<std::string>{path_of(1, source, 0), path_of(1, source, 1)});
  acknowledge(1, sink, 0); // it was under way
  CHECK(take<store_checkpoint>().empty());
  CHECK(coordinator.restore_point() == nullptr);
  CHECK(trigger() == 0);
  restart();
  CHECK(trigger() == 2);
}

TEST_CASE_FIXTURE(tolerant_job,
                  "whether one that is being stored when tasks fail is complete shows later [34]") {
  run();
  CHECK(trigger() == 1);
  acknowledge_all(1);
  note(coordinator.suspend("a task failed", ++wall));
  CHECK(told<checkpoint_aborted>().empty());
  CHECK(coordinator.is_storing());
  SUBCASE("it is") {
    store(1);
    CHECK(told<checkpoint_completed>().size() == 3);
    CHECK(coordinator.restore_point()->id == 1);
  }
  SUBCASE("it is not") {
    note(coordinator.on_store_failed(1, "the disk is full", false, ++wall));
    CHECK(told_of_abort(1) == every_task());
    CHECK(deleted().size() == 3);
    CHECK(coordinator.restore_point() == nullptr);
  }
  CHECK_FALSE(coordinator.is_storing());
  CHECK(trigger() == 0);
}

TEST_CASE_FIXTURE(tolerant_job, "metadata that was not stored fails its checkpoint, whose files go") {
  run();
  CHECK(trigger() == 1);
  acknowledge_all(1);
  note(coordinator.on_store_failed(1, "the disk is full", false, ++wall));
  CHECK(take<remove_checkpoint>().empty());
  CHECK(told_of_abort(1) == every_task());
  CHECK(deleted().size() == 3);
  CHECK(coordinator.restore_point() == nullptr);
  CHECK(trigger() == 2);
}

TEST_CASE_FIXTURE(tolerant_job,
                  "metadata that may have been stored is removed before anything else happens [52]") {
  run();
  CHECK(trigger() == 1);
  acknowledge_all(1);
  note(coordinator.on_store_failed(1, "fsync failed", true, ++wall));
  auto removals = take<remove_checkpoint>();
  REQUIRE(removals.size() == 1);
  CHECK(removals[0].id == 1);
  CHECK(deleted().empty());
  CHECK(told<checkpoint_aborted>().empty());
  CHECK(coordinator.is_storing());
  store(1); // too late
  CHECK(told<checkpoint_completed>().empty());

  coordinator.on_removal_failed(1);
  CHECK(coordinator.wake_at() == time_point::min());
  pass(0ms);
  CHECK(take<remove_checkpoint>().empty());
  CHECK(coordinator.wake_at() == now + 1s);
  pass(1s);
  CHECK(take<remove_checkpoint>().size() == 1);

  note(coordinator.on_removed(1, ++wall));
  CHECK(told_of_abort(1) == every_task());
  CHECK(deleted().size() == 3);
  CHECK_FALSE(coordinator.is_storing());
}

// ---- how many failures are borne

TEST_CASE_FIXTURE(tolerant_job, "more failures in a row than are borne fail the job") {
  run();
  for (checkpoint_id id : {1, 2}) {
    CHECK(trigger() == id);
    decline(id, sink, 0);
    CHECK(take<checkpoints_failed>().empty());
  }
  CHECK(trigger() == 3);
  decline(3, sink, 0);
  auto failed = take<checkpoints_failed>();
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].cause.find("checkpoint 3 failed: sink (1/1) declined: the disk is full") == 0);
  CHECK(failed[0].cause.find("execution.checkpointing.tolerable-failed-checkpoints is 2") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(tolerant_job, "a checkpoint that is complete ends the row of failures") {
  run();
  for (checkpoint_id id : {1, 2}) {
    CHECK(trigger() == id);
    decline(id, sink, 0);
  }
  CHECK(complete_one() == 3);
  for (checkpoint_id id : {4, 5}) {
    CHECK(trigger() == id);
    decline(id, sink, 0);
  }
  CHECK(take<checkpoints_failed>().empty());
}

TEST_CASE("every way in which a checkpoint fails by itself counts") {
  tolerant_job job{0};
  job.run();
  CHECK(job.trigger() == 1);
  SUBCASE("declined") {
    job.decline(1, tolerant_job::source, 0);
  }
  SUBCASE("too late") {
    job.pass(1s);
  }
  SUBCASE("not stored") {
    job.acknowledge_all(1);
    job.note(job.coordinator.on_store_failed(1, "full", false, 0));
  }
  SUBCASE("perhaps stored") {
    job.acknowledge_all(1);
    job.note(job.coordinator.on_store_failed(1, "full", true, 0));
    job.note(job.coordinator.on_removed(1, 0));
  }
  CHECK(job.take<checkpoints_failed>().size() == 1);
}

TEST_CASE("a checkpoint that fails with the tasks of its job does not count") {
  tolerant_job job{0};
  job.run();
  CHECK(job.trigger() == 1);
  job.acknowledge_all(1);
  job.note(job.coordinator.suspend("a task failed", 0));
  job.note(job.coordinator.on_store_failed(1, "full", false, 0));
  job.restart();
  CHECK(job.trigger() == 2);
  job.note(job.coordinator.suspend("a task failed", 0));
  CHECK(job.take<checkpoints_failed>().empty());
}
