// The way of one checkpoint. Numbers in brackets: the planted bugs of protocol-checkpoint that a test is for.
#include "checkpointed_job.hpp"

#include "base/log.hpp"

using namespace weir;

namespace {

struct quiet_job : checkpointed_job {
  explicit quiet_job(checkpoint_settings with = {.interval = 100ms}) : checkpointed_job{with} {
    log::set_level("off");
  }
  ~quiet_job() { log::set_level("info"); }
};

struct two_at_once : quiet_job {
  two_at_once() : quiet_job{{.interval = 100ms, .max_concurrent = 2}} {}
};

} // namespace

// ---- triggers

TEST_CASE_FIXTURE(quiet_job, "nothing is triggered before every task runs, and then after an interval") {
  deploy();
  CHECK(trigger() == 0);
  advance(task_state::running);
  coordinator.on_all_running();
  CHECK(coordinator.wake_at() == time_point::min());
  pass(0ms);
  CHECK(coordinator.wake_at() == now + 100ms);
  pass(99ms);
  CHECK(told<trigger_checkpoint>().empty());
  pass(1ms);
  auto triggers = told<trigger_checkpoint>();
  REQUIRE(triggers.size() == 2);
  for (std::uint32_t s = 0; s < 2; ++s) {
    CHECK(triggers[s].attempt == attempt(source, s));
    CHECK(triggers[s].checkpoint == 1);
    CHECK(triggers[s].base == 0);
    CHECK(triggers[s].triggered_wall_ms == wall);
  }
}

TEST_CASE_FIXTURE(quiet_job, "a checkpoint is not triggered before its id is stored [17]") {
  answer_counters = false;
  run();
  REQUIRE(take<store_counter>().size() == 1);
  CHECK(trigger() == 0);
  coordinator.on_counter_stored(1);
  CHECK(coordinator.wake_at() <= now);
  CHECK(trigger() == 1);
  acknowledge_all(1);
  store(1);
  CHECK(take<store_counter>()[0].counter == 2);
  CHECK(trigger() == 0);
  coordinator.on_counter_stored(2);
  CHECK(trigger() == 2);
}

TEST_CASE_FIXTURE(quiet_job,
                  "an id that the store has not got yet is not wanted again when the job restarts") {
  answer_counters = false;
  run();
  CHECK(take<store_counter>().size() == 1);
  restart();
  CHECK(take<store_counter>().empty());
  coordinator.on_counter_stored(1);
  CHECK(trigger() == 1);
}

TEST_CASE_FIXTURE(quiet_job, "a master that comes after another gives out no id again [17]") {
  SUBCASE("that was stored and perhaps triggered") {
    coordinator.recover({.counter = 7});
    run();
    CHECK(trigger() == 8);
  }
  SUBCASE("that the checkpoint it begins from has") {
    coordinator.recover({.external = stored_checkpoint{{.id = 12}, "other/chk-12"}});
    run();
    CHECK(trigger() == 13);
  }
}

TEST_CASE_FIXTURE(quiet_job, "ids are not used again after an abort or a restart") {
  run();
  CHECK(trigger() == 1);
  decline(1, sink, 0);
  CHECK(trigger() == 2);
  note(coordinator.suspend("a task failed", ++wall));
  restart();
  CHECK(trigger() == 3);
}

TEST_CASE_FIXTURE(quiet_job,
                  "while one is under way no second is triggered, and right after it one that is due") {
  run();
  CHECK(trigger() == 1);
  CHECK(trigger() == 0);
  acknowledge_all(1);
  CHECK(trigger() == 0);
  store(1);
  CHECK(coordinator.wake_at() <= now);
  pass(0ms);
  CHECK(told<trigger_checkpoint>()[0].checkpoint == 2);
}

TEST_CASE("between the end of a checkpoint and the next one lies the minimum pause") {
  quiet_job job{{.interval = 100ms, .min_pause = 250ms}};
  job.run();
  CHECK(job.trigger() == 1);
  job.pass(150ms);
  job.acknowledge_all(1);
  job.store(1);
  job.pass(0ms);
  CHECK(job.coordinator.wake_at() == job.now + 250ms);
  job.pass(249ms);
  CHECK(job.told<trigger_checkpoint>().empty());
  job.pass(1ms);
  CHECK(job.told<trigger_checkpoint>().size() == 2);
}

TEST_CASE_FIXTURE(quiet_job, "a source that has finished is not triggered, and none when all have") {
  run();
  finish(source, 0);
  pass(100ms);
  auto triggers = told<trigger_checkpoint>();
  REQUIRE(triggers.size() == 1);
  CHECK(triggers[0].attempt == attempt(source, 1));
  finish(source, 1);
  acknowledge(1, sink, 0);
  store(1);
  CHECK(trigger() == 0);
}

TEST_CASE_FIXTURE(quiet_job,
                  "a checkpoint that somebody asks for comes at once and is answered when it is complete") {
  run();
  note(coordinator.on_request(17, false));
  CHECK(coordinator.wake_at() == time_point::min());
  pass(0ms);
  CHECK(told<trigger_checkpoint>().size() == 2);
  acknowledge_all(1);
  CHECK(take<answer_checkpoint>().empty());
  store(1);
  auto answers = take<answer_checkpoint>();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].request == 17);
  CHECK(*answers[0].answer == 1);
}

TEST_CASE_FIXTURE(quiet_job, "who asks for a checkpoint that cannot be or fails is told why") {
  note(coordinator.on_request(1, false));
  run();
  note(coordinator.on_request(2, false));
  pass(0ms);
  decline(1, sink, 0);
  note(coordinator.on_request(3, false));
  note(coordinator.suspend("a task failed", ++wall));
  auto answers = take<answer_checkpoint>();
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].answer.failure().message().find("not all tasks") != std::string::npos);
  CHECK(answers[1].answer.failure().message().find("the disk is full") != std::string::npos);
  CHECK(answers[2].answer.failure().message() == "a task failed");
}

TEST_CASE_FIXTURE(quiet_job, "who still waits for a checkpoint when the job ends is told so") {
  run();
  for (std::uint32_t subtask : {0, 1})
    finish(source, subtask);
  note(coordinator.on_request(1, false));
  note(coordinator.on_end(job_state::finished));
  auto answers = take<answer_checkpoint>();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].answer.failure().message() == "the job has ended");
}

TEST_CASE_FIXTURE(quiet_job,
                  "when all sources are at their end the last checkpoint does not wait for the interval") {
  run();
  coordinator.on_data_ended(attempt(source, 0));
  CHECK(coordinator.wake_at() > now);
  coordinator.on_data_ended(attempt(source, 1));
  CHECK(coordinator.wake_at() == time_point::min());
  pass(0ms);
  CHECK(told<trigger_checkpoint>().size() == 2);
  // It has the end: none is needed after it.
  acknowledge_all(1);
  store(1);
  pass(0ms);
  CHECK(coordinator.wake_at() > now);
}

TEST_CASE_FIXTURE(quiet_job, "a checkpoint that a source takes part in behind its end is a last one") {
  run();
  CHECK(trigger() == 1);
  coordinator.on_data_ended(attempt(source, 0));
  SUBCASE("for all of them") {
    coordinator.on_data_ended(attempt(source, 1));
    acknowledge_all(1);
    store(1);
    pass(0ms);
    CHECK(told<trigger_checkpoint>().empty());
  }
  SUBCASE("but not for one that acknowledged before its end") {
    acknowledge_all(1);
    coordinator.on_data_ended(attempt(source, 1));
    store(1);
    pass(0ms);
    CHECK(told<trigger_checkpoint>().size() == 2);
  }
}

// ---- completion

TEST_CASE_FIXTURE(quiet_job,
                  "a checkpoint is complete once every task acknowledged and its metadata is stored [3]") {
  run();
  CHECK(trigger() == 1);
  acknowledge(1, source, 0);
  acknowledge(1, sink, 0);
  CHECK(take<store_checkpoint>().empty());
  acknowledge(1, source, 1);
  auto stores = take<store_checkpoint>();
  REQUIRE(stores.size() == 1);
  CHECK(coordinator.is_storing());
  CHECK(told<checkpoint_completed>().empty());
  CHECK(coordinator.overview().counts.completed == 0);
  store(1);
  CHECK_FALSE(coordinator.is_storing());
  std::vector<attempt_id> all_tasks{attempt(source, 0), attempt(source, 1), attempt(sink, 0)};
  std::vector<attempt_id> heard;
  for (const checkpoint_completed& each : told<checkpoint_completed>()) {
    CHECK(each.checkpoint == 1);
    heard.push_back(each.attempt);
  }
  CHECK(heard == all_tasks);
  CHECK(coordinator.overview().counts.completed == 1);
}

TEST_CASE_FIXTURE(quiet_job, "the metadata says who had what") {
  run();
  CHECK(trigger() == 1);
  std::int64_t triggered = wall;
  acknowledge(1, source, 0);
  acknowledge(1, sink, 0);
  acknowledge_checkpoint stateless = part(1, source, 1);
  stateless.state = {};
  note(coordinator.on_acknowledged(stateless, true, ++wall));
  const completed_checkpoint checkpoint = take<store_checkpoint>()[0].checkpoint;
  CHECK(checkpoint.job == job);
  CHECK(checkpoint.job_name == "line");
  CHECK(checkpoint.id == 1);
  CHECK(checkpoint.triggered_wall_ms == triggered);
  CHECK(checkpoint.completed_wall_ms == wall);
  CHECK(checkpoint.written_size == 20);
  REQUIRE(checkpoint.vertices.size() == 2);
  CHECK(checkpoint.vertices[0].id == operator_numbered(1));
  CHECK(checkpoint.vertices[0].operators == std::vector{operator_numbered(1)});
  CHECK(checkpoint.vertices[0].max_parallelism == 128);
  REQUIRE(checkpoint.vertices[0].subtasks.size() == 2);
  CHECK(checkpoint.vertices[0].subtasks[0].chain == std::vector{part(1, source, 0).state});
  CHECK(checkpoint.vertices[0].subtasks[1].chain.empty());
  CHECK(checkpoint.vertices[1].subtasks[0].chain == std::vector{part(1, sink, 0).state});
  for (const completed_vertex& vertex : checkpoint.vertices)
    for (const completed_subtask& subtask : vertex.subtasks)
      CHECK(subtask.progress == subtask_progress::running);
}

TEST_CASE_FIXTURE(quiet_job,
                  "a task that finishes counts as having acknowledged, and keeps what it had [24, 33]") {
  run();
  complete_one();
  CHECK(trigger() == 2);
  SUBCASE("while the checkpoint waits for it") {
    acknowledge(2, source, 1);
    acknowledge(2, sink, 0);
    finish(source, 0);
  }
  SUBCASE("before the checkpoint, which it is not asked for") {
    decline(2, sink, 0);
    finish(source, 0);
    CHECK(trigger() == 3);
    acknowledge(3, source, 1);
    acknowledge(3, sink, 0);
  }
  auto stores = take<store_checkpoint>();
  REQUIRE(stores.size() == 2);
  const completed_subtask& finished = stores[1].checkpoint.vertices[source].subtasks[0];
  CHECK(finished.progress == subtask_progress::finished);
  CHECK(finished.chain == std::vector{part(1, source, 0).state});
  CHECK(stores[1].checkpoint.vertices[source].subtasks[1].progress == subtask_progress::running);
}

TEST_CASE_FIXTURE(quiet_job, "what a task acknowledged before it finished stands") {
  run();
  CHECK(trigger() == 1);
  acknowledge(1, source, 0);
  finish(source, 0);
  acknowledge(1, source, 1);
  acknowledge(1, sink, 0);
  const completed_checkpoint checkpoint = take<store_checkpoint>()[0].checkpoint;
  CHECK(checkpoint.vertices[source].subtasks[0].progress == subtask_progress::running);
  CHECK(checkpoint.vertices[source].subtasks[0].chain.size() == 1);
}

TEST_CASE_FIXTURE(quiet_job, "only the present attempt of a task can acknowledge, and only once [18]") {
  run();
  CHECK(trigger() == 1);
  acknowledge_checkpoint stale = part(1, sink, 0);
  ++stale.attempt.number;
  stale.state.path = "of-another";
  note(coordinator.on_acknowledged(stale, true, ++wall));
  acknowledge_checkpoint lost = part(1, sink, 0);
  lost.state.path = "of-one-lost";
  note(coordinator.on_acknowledged(lost, false, ++wall));
  CHECK(deleted() == std::vector<std::string>{"of-another", "of-one-lost"});
  acknowledge(1, source, 0);
  acknowledge(1, source, 0);
  CHECK(deleted().empty()); // the file counts already
  acknowledge(1, source, 1);
  CHECK(take<store_checkpoint>().empty());
  acknowledge(1, sink, 0);
  CHECK(take<store_checkpoint>().size() == 1);
}

// ---- two at once

TEST_CASE_FIXTURE(two_at_once, "a checkpoint that is complete makes those before it superfluous [12]") {
  run();
  note(coordinator.on_request(5, false));
  CHECK(trigger() == 1);
  CHECK(trigger() == 2);
  CHECK(trigger() == 0);
  acknowledge(1, source, 0);
  acknowledge(1, sink, 0);
  acknowledge_all(2);
  store(2);
  CHECK(told<checkpoint_completed>().size() == 3);
  CHECK(told<checkpoint_aborted>().empty()); // what sinks hold for it is committed with the later one
  CHECK(deleted() == std::vector<std::string>{path_of(1, source, 0), path_of(1, sink, 0)});
  CHECK(*take<answer_checkpoint>()[0].answer == 2);
  acknowledge(1, source, 1);
  CHECK(deleted() == std::vector<std::string>{path_of(1, source, 1)});
  CHECK_FALSE(coordinator.is_storing());
}

TEST_CASE_FIXTURE(two_at_once, "checkpoints are stored one after the other") {
  run();
  CHECK(trigger() == 1);
  CHECK(trigger() == 2);
  acknowledge_all(2);
  acknowledge_all(1);
  CHECK(take<store_checkpoint>()[0].checkpoint.id == 2);
  SUBCASE("and one that is superfluous by then is not") {
    store(2);
    CHECK(take<store_checkpoint>().empty());
  }
  SUBCASE("and the other goes on when one could not be") {
    note(coordinator.on_store_failed(2, "the disk is full", false, ++wall));
    CHECK(take<store_checkpoint>()[0].checkpoint.id == 1);
    store(1);
    CHECK(coordinator.restore_point()->id == 1);
  }
}

TEST_CASE_FIXTURE(two_at_once, "a failed checkpoint leaves the other alone [27]") {
  run();
  CHECK(trigger() == 1);
  CHECK(trigger() == 2);
  decline(2, sink, 0);
  for (const checkpoint_aborted& each : told<checkpoint_aborted>())
    CHECK(each.checkpoint == 2);
  acknowledge_all(1);
  store(1);
  CHECK(coordinator.restore_point()->id == 1);
}

TEST_CASE("a job without an interval has no checkpoints") {
  quiet_job job{{}};
  job.run();
  job.pass(24h);
  CHECK(job.wanted.empty());
  CHECK(job.coordinator.wake_at() == time_point::max());
  job.note(job.coordinator.on_request(1, false));
  CHECK_FALSE(job.take<answer_checkpoint>()[0].answer);
}
