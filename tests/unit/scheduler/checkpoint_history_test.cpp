#include "checkpointed_job.hpp"

#include "base/log.hpp"

using namespace weir;

namespace {

struct watched_job : checkpointed_job {
  watched_job() : checkpointed_job{{.interval = 100ms, .tolerable_failures = 100, .history_size = 3}} {
    log::set_level("off");
  }
  ~watched_job() { log::set_level("info"); }
};

} // namespace

TEST_CASE_FIXTURE(watched_job, "checkpoints are counted") {
  run();
  complete_one();
  CHECK(trigger() == 2);
  decline(2, sink, 0);
  CHECK(trigger() == 3);
  checkpoint_counts counts = coordinator.overview().counts;
  CHECK(counts.total == 3);
  CHECK(counts.completed == 1);
  CHECK(counts.failed == 1);
  CHECK(counts.in_progress == 1);
  CHECK(counts.restored == 0);
}

TEST_CASE_FIXTURE(watched_job, "one under way shows which parts have come, with their sizes and times") {
  run();
  finish(source, 1);
  CHECK(trigger() == 1);
  std::int64_t triggered = wall;
  acknowledge_checkpoint came = part(1, source, 0);
  came.timings = {.start_delay_ms = 1, .alignment_ms = 2, .sync_ms = 3, .async_ms = 4};
  note(coordinator.on_acknowledged(came, true, ++wall));
  auto history = coordinator.overview().history;
  REQUIRE(history.size() == 1);
  const checkpoint_record& record = *history[0];
  CHECK(record.status == checkpoint_status::in_progress);
  CHECK(record.full);
  CHECK(record.triggered_wall_ms == triggered);
  CHECK(record.ended_wall_ms == -1);
  CHECK(record.vertices[source][0].acknowledged_wall_ms == wall);
  CHECK(record.vertices[source][0].written_size == 10);
  CHECK(record.vertices[source][0].timings == came.timings);
  CHECK(record.vertices[source][1].finished);
  CHECK(record.vertices[sink][0].acknowledged_wall_ms == -1);
  checkpoint_totals sum = totals(record);
  CHECK(sum.subtasks == 3);
  CHECK(sum.acknowledged == 2);
  CHECK(sum.latest_acknowledged_wall_ms == wall);
}

TEST_CASE_FIXTURE(watched_job,
                  "one that is complete shows where it is, how large it is, and later that it is gone") {
  run();
  CHECK(trigger() == 1);
  std::int64_t triggered = wall;
  acknowledge_all(1);
  store(1);
  auto completed = coordinator.overview().latest_completed;
  CHECK(completed->status == checkpoint_status::completed);
  CHECK(completed->path == "job/chk-1");
  CHECK(completed->ended_wall_ms == wall);
  CHECK_FALSE(completed->discarded);
  CHECK(totals(*completed).written_size == 30);
  auto figures = coordinator.overview().figures;
  REQUIRE(figures.size() == 1);
  CHECK(figures[0].duration_ms == wall - triggered);
  CHECK(figures[0].state_size == 30);
  complete_one();
  auto history = coordinator.overview().history;
  REQUIRE(history.size() == 2);
  CHECK_FALSE(history[0]->discarded);
  CHECK(history[1]->discarded);
}

TEST_CASE_FIXTURE(watched_job, "the newest checkpoints are remembered, and those under way") {
  run();
  complete_one();
  for (checkpoint_id id : {2, 3, 4}) {
    CHECK(trigger() == id);
    decline(id, sink, 0);
  }
  CHECK(trigger() == 5);
  checkpoint_overview seen = coordinator.overview();
  std::vector<checkpoint_id> ids;
  for (const auto& each : seen.history)
    ids.push_back(each->id);
  CHECK(ids == std::vector<checkpoint_id>{5, 4, 3, 2});
  CHECK(seen.latest_completed->id == 1);
  CHECK(seen.latest_failed->id == 4);
}

TEST_CASE_FIXTURE(watched_job, "a restart shows what it began from") {
  run();
  CHECK_FALSE(coordinator.overview().latest_restored);
  complete_one();
  note(coordinator.suspend("a task failed", ++wall));
  restart();
  checkpoint_overview seen = coordinator.overview();
  CHECK(seen.counts.restored == 1);
  REQUIRE(seen.latest_restored);
  CHECK(seen.latest_restored->id == 1);
  CHECK(seen.latest_restored->path == "job/chk-1");
}
