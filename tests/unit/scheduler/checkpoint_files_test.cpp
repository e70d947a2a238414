// Which metadata and files of checkpoints stay, and which go. Numbers in brackets: the planted bugs of
// protocol-checkpoint that a test is for.
#include "checkpointed_job.hpp"

#include "base/log.hpp"

using namespace weir;

namespace {

using paths = std::vector<std::string>;

struct job_with_files : checkpointed_job {
  explicit job_with_files(const checkpoint_settings& with) : checkpointed_job{with} { log::set_level("off"); }
  job_with_files() : job_with_files{{.interval = 100ms}} {}
  ~job_with_files() { log::set_level("info"); }

  paths files_of(checkpoint_id id) {
    return {path_of(id, source, 0), path_of(id, source, 1), path_of(id, sink, 0)};
  }
};

struct incremental_job : job_with_files {
  explicit incremental_job(std::uint32_t max_concurrent = 1, std::uint32_t chain_length_max = 100)
      : job_with_files{{.interval = 100ms,
                        .max_concurrent = max_concurrent,
                        .tolerable_failures = 100,
                        .incremental = true,
                        .chain_length_max = chain_length_max,
                        .chain_ratio_max = 1'000.0}} {}

  /// The base that the next trigger names.
  checkpoint_id next_base() {
    told<trigger_checkpoint>();
    pass(100ms);
    auto triggers = told<trigger_checkpoint>();
    REQUIRE_FALSE(triggers.empty());
    return triggers[0].base;
  }
};

} // namespace

// ---- retained and superseded ones

TEST_CASE_FIXTURE(job_with_files,
                  "the one before goes when the new one is stored, its files after its metadata [20, 52]") {
  run();
  CHECK(trigger() == 1);
  acknowledge_all(1);
  store(1);
  CHECK(trigger() == 2);
  acknowledge_all(2);
  CHECK(take<remove_checkpoint>().empty());
  store(2);
  auto removals = take<remove_checkpoint>();
  REQUIRE(removals.size() == 1);
  CHECK(removals[0].id == 1);
  CHECK(deleted().empty());
  note(coordinator.on_removed(1, ++wall));
  CHECK(deleted() == files_of(1));
  CHECK(coordinator.restore_point()->id == 2);
}

TEST_CASE_FIXTURE(job_with_files,
                  "metadata that could not be removed is tried again, and its files stay until it is gone") {
  run();
  complete_one();
  CHECK(trigger() == 2);
  acknowledge_all(2);
  store(2);
  CHECK(take<remove_checkpoint>().size() == 1);
  coordinator.on_removal_failed(1);
  pass(0ms);
  pass(999ms);
  CHECK(take<remove_checkpoint>().empty());
  pass(1ms);
  CHECK(take<remove_checkpoint>()[0].id == 1);
  CHECK(deleted().empty());
  note(coordinator.on_removed(1, ++wall));
  CHECK(deleted() == files_of(1));
}

TEST_CASE("as many checkpoints are retained as are to be") {
  job_with_files job{{.interval = 100ms, .num_retained = 3}};
  job.run();
  for (checkpoint_id id : {1, 2, 3}) {
    CHECK(job.complete_one() == id);
    CHECK(job.deleted().empty());
  }
  CHECK(job.complete_one() == 4);
  CHECK(job.deleted() == job.files_of(1));
}

TEST_CASE_FIXTURE(job_with_files, "what a master finds beyond the retained ones it removes [23]") {
  completed_checkpoint first{.job = job, .id = 4}, second{.job = job, .id = 5};
  first.vertices = {{.id = operator_numbered(1), .subtasks = {{.chain = {{.path = "old"}}}}}};
  coordinator.recover({.counter = 6, .completed = {{first, "job/chk-4"}, {second, "job/chk-5"}}});
  CHECK(coordinator.restore_point()->id == 5);
  deploy();
  CHECK(take<remove_checkpoint>()[0].id == 4);
  note(coordinator.on_removed(4, ++wall));
  CHECK(deleted() == paths{"old"});
}

// ---- incremental ones

TEST_CASE_FIXTURE(incremental_job, "parts build on the newest completed checkpoint, and their chains grow") {
  run();
  CHECK(next_base() == 0);
  acknowledge_all(1);
  store(1);
  CHECK(next_base() == 1);
  acknowledge_all(2, 1);
  store(2);
  CHECK(chain(source, 1) == paths{path_of(1, source, 1), path_of(2, source, 1)});
  CHECK(next_base() == 2);
  acknowledge(3, source, 0, 2);
  acknowledge(3, source, 1, 0); // this one wrote all of it
  acknowledge(3, sink, 0, 2);
  store(3);
  CHECK(chain(source, 0) == paths{path_of(1, source, 0), path_of(2, source, 0), path_of(3, source, 0)});
  CHECK(chain(source, 1) == paths{path_of(3, source, 1)});
}

TEST_CASE_FIXTURE(incremental_job,
                  "files of a superseded checkpoint stay as long as a later one goes back to them") {
  run();
  complete_one();
  complete_one(1);
  CHECK(deleted().empty());
  CHECK(trigger() == 3);
  acknowledge(3, source, 0, 0);
  acknowledge(3, source, 1, 2);
  acknowledge(3, sink, 0, 2);
  store(3);
  remove_superseded();
  CHECK(deleted() == paths{path_of(1, source, 0), path_of(2, source, 0)});
}

TEST_CASE("parts never build on what was only acknowledged [44]") {
  incremental_job job{2};
  job.run();
  CHECK(job.next_base() == 0);
  job.acknowledge_all(1);
  CHECK(job.next_base() == 0);
}

TEST_CASE("a base stays while a checkpoint that may build on it is under way [45]") {
  incremental_job job{2};
  job.run();
  job.complete_one();
  CHECK(job.trigger() == 2);
  CHECK(job.next_base() == 1); // of 3
  job.acknowledge_all(2, 0);
  job.store(2);
  job.remove_superseded(); // 1 is
  CHECK(job.deleted().empty());
  SUBCASE("and all is there when it is complete") {
    job.acknowledge_all(3, 1);
    job.store(3);
    job.remove_superseded();
    CHECK(job.chain(job.sink, 0) == paths{job.path_of(1, job.sink, 0), job.path_of(3, job.sink, 0)});
    CHECK(job.deleted() == job.files_of(2));
  }
  SUBCASE("and goes when that is over") {
    job.decline(3, job.sink, 0);
    CHECK(job.deleted() == job.files_of(1));
  }
}

TEST_CASE("a task may build on a checkpoint that completed after it was told an older base") {
  incremental_job job{3};
  job.run();
  job.complete_one();
  CHECK(job.trigger() == 2);
  CHECK(job.trigger() == 3);
  CHECK(job.next_base() == 1); // of 4
  job.acknowledge_all(2, 1);
  job.store(2);
  job.acknowledge(4, job.sink, 0, 2);
  job.acknowledge_all(3, 0);
  job.store(3);
  job.remove_superseded();
  // Its other parts may still come with changes since 2.
  CHECK(job.deleted().empty());
  job.acknowledge(4, job.source, 0, 2);
  job.acknowledge(4, job.source, 1, 3);
  job.store(4);
  job.remove_superseded();
  CHECK(job.chain(job.sink, 0) ==
        paths{job.path_of(1, job.sink, 0), job.path_of(2, job.sink, 0), job.path_of(4, job.sink, 0)});
  CHECK(job.chain(job.source, 1) == paths{job.path_of(3, job.source, 1), job.path_of(4, job.source, 1)});
  CHECK(job.deleted() == paths{job.path_of(1, job.source, 1), job.path_of(2, job.source, 1),
                               job.path_of(3, job.source, 0), job.path_of(3, job.sink, 0)});
}

TEST_CASE("a part that comes too late takes with it only what is its own [48]") {
  incremental_job job{2};
  job.run();
  job.complete_one();
  CHECK(job.trigger() == 2);
  CHECK(job.trigger() == 3);
  job.acknowledge_all(3, 1);
  job.store(3);
  job.remove_superseded();
  CHECK(job.deleted().empty());
  job.acknowledge(2, job.sink, 0, 1);
  CHECK(job.deleted() == paths{job.path_of(2, job.sink, 0)});
}

TEST_CASE("a chain that has come to its limits is not made longer") {
  SUBCASE("by its length") {
    incremental_job job{1, 2};
    job.run();
    CHECK(job.next_base() == 0);
    job.acknowledge_all(1, 0);
    job.store(1);
    for (checkpoint_id id : {2, 3}) {
      CHECK(job.next_base() == id - 1);
      job.acknowledge_all(id, id - 1);
      job.store(id);
    }
    CHECK(job.next_base() == 0);
    job.acknowledge_all(4, 0);
    job.store(4);
    CHECK(job.next_base() == 4);
  }
  SUBCASE("by its size") {
    job_with_files job{{.interval = 100ms, .incremental = true, .chain_ratio_max = 0.9}};
    job.run();
    job.complete_one();
    job.complete_one(1); // as large as the full one
    job.pass(100ms);
    CHECK(job.told<trigger_checkpoint>()[0].base == 0);
  }
}

TEST_CASE_FIXTURE(incremental_job,
                  "changes since a snapshot that is not there fail the checkpoint, and the next is full") {
  run();
  complete_one();
  CHECK(trigger() == 2);
  acknowledge(2, source, 0, 1);
  SUBCASE("since a checkpoint that nobody knows") {
    acknowledge(2, source, 1, 17);
  }
  SUBCASE("since one in which the task had no state") {
    decline(2, source, 1);
    CHECK(deleted() == paths{path_of(2, source, 0)});
    CHECK(trigger() == 3);
    acknowledge_checkpoint stateless = part(3, sink, 0);
    stateless.state = {};
    note(coordinator.on_acknowledged(stateless, true, ++wall));
    acknowledge(3, source, 0, 1);
    acknowledge(3, source, 1, 1);
    store(3);
    CHECK(trigger() == 4);
    acknowledge(4, sink, 0, 3);
    CHECK(told<checkpoint_aborted>().size() == 6);
    CHECK(next_base() == 0);
    return;
  }
  CHECK(told<checkpoint_aborted>().size() == 3);
  CHECK(deleted() == paths{path_of(2, source, 0), path_of(2, source, 1)});
  CHECK(next_base() == 0);
}

TEST_CASE_FIXTURE(incremental_job,
                  "one that is asked for in full is, and so are all without incremental ones") {
  run();
  complete_one();
  note(coordinator.on_request(1, true));
  pass(0ms);
  CHECK(told<trigger_checkpoint>()[0].base == 0);
  job_with_files plain;
  plain.run();
  plain.complete_one();
  plain.pass(100ms);
  CHECK(plain.told<trigger_checkpoint>()[0].base == 0);
}

// ---- the files of others

TEST_CASE_FIXTURE(incremental_job,
                  "a checkpoint of another job is read, and neither built upon nor deleted [53, 54]") {
  completed_checkpoint external{.id = 9};
  for (std::uint32_t v = 0; v < 2; ++v) {
    external.vertices.push_back({.id = operator_numbered(v + 1)});
    for (std::uint32_t s = 0; s < graph->vertices[v].parallelism; ++s)
      external.vertices[v].subtasks.push_back({.chain = {{.path = "theirs", .size = 1}}});
  }
  coordinator.recover({.external = stored_checkpoint{external, "theirs/chk-9"}});
  run();
  CHECK(coordinator.restore_point()->id == 9);
  CHECK(coordinator.overview().latest_restored->path == "theirs/chk-9");
  CHECK(next_base() == 0);
  finish(source, 0); // and so keeps what it had
  acknowledge(10, source, 1);
  acknowledge(10, sink, 0);
  store(10);
  CHECK(chain(source, 0) == paths{"theirs"});
  CHECK(coordinator.restore_point()->id == 10);
  CHECK(take<remove_checkpoint>().empty());
  CHECK(next_base() == 10);
  note(coordinator.suspend("x", ++wall));
  restart();
  complete_one(0);
  CHECK(deleted() == paths{path_of(10, source, 1), path_of(10, sink, 0)});
}

// ---- leftovers

TEST_CASE_FIXTURE(
    job_with_files,
    "files that nobody knows of are swept up when new attempts begin, and once more later [50, 51]") {
  deploy();
  CHECK(take<sweep_files>().empty());
  advance(task_state::running);
  coordinator.on_all_running();
  pass(0ms);
  complete_one();
  CHECK(take<sweep_files>().empty());
  CHECK(trigger() == 2);
  acknowledge(2, sink, 0);
  note(coordinator.suspend("a task failed", ++wall));
  restart();
  auto sweeps = take<sweep_files>();
  REQUIRE(sweeps.size() == 1);
  CHECK(sweeps[0].present == std::vector{attempt(source, 0), attempt(source, 1), attempt(sink, 0)});
  CHECK(sweeps[0].present[0].number == 2);
  auto needed = files_of(1);
  CHECK(sweeps[0].needed == std::set<std::string>(needed.begin(), needed.end()));
  CHECK(complete_one() == 3);
  sweeps = take<sweep_files>();
  REQUIRE(sweeps.size() == 1);
  CHECK(sweeps[0].needed.contains(path_of(3, sink, 0)));
  complete_one();
  CHECK(take<sweep_files>().empty());
}

TEST_CASE_FIXTURE(job_with_files, "a master that comes after another sweeps at its first deployment [50]") {
  coordinator.recover({.counter = 3});
  deploy();
  CHECK(take<sweep_files>().size() == 1);
}

TEST_CASE("a job leaves the checkpoints behind that its user wants to keep") {
  using enum checkpoint_retention;
  struct expectation {
    checkpoint_retention retention;
    job_state end;
    bool kept;
  };
  for (auto [retention, end, kept] : {
           expectation{none, job_state::failed, false},
           expectation{none, job_state::canceled, false},
           expectation{after_failure, job_state::failed, true},
           expectation{after_failure, job_state::canceled, false},
           expectation{after_failure_cancel, job_state::failed, true},
           expectation{after_failure_cancel, job_state::canceled, true},
           expectation{after_failure_cancel, job_state::finished, false},
       }) {
    job_with_files job{{.interval = 100ms, .retention = retention, .directory = "cp"}};
    job.run();
    job.complete_one();
    job.note(job.coordinator.on_end(end));
    auto ends = job.take<end_checkpoints>();
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].retained == kept);
    CHECK(job.coordinator.left_by(end) == ended_checkpoints{"cp", kept});
  }
}
