#include "actors/checkpoint_storage.hpp"

#include "simulation/disk_platform.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::actors;
using simulation::fault_at;
using simulation::simulated_disk;
using fault = simulated_disk::fault;

namespace {

const job_id some_job{{0, 0xab}};

/// The storage of one master after the other, on one disk; what is wanted is done at once.
struct storage_at_work {
  storage_at_work() {
    REQUIRE(disk.create_folders("cp"));
    restart(1);
  }

  void restart(std::uint64_t epoch) {
    outcomes.clear();
    storage.emplace(environment, checkpoint_storage::settings{"cp", some_job, {epoch}},
                    [this](checkpoint_storage::outcome each) { outcomes.push_back(std::move(each)); });
    storage->open();
  }

  static completed_checkpoint checkpoint(checkpoint_id id) {
    completed_checkpoint made;
    made.job = some_job;
    made.id = id;
    made.vertices.push_back({.name = "count", .subtasks = {{}}});
    return made;
  }

  void take(checkpoint_id id) {
    storage->perform(store_counter{some_job, id});
    storage->perform(store_checkpoint{checkpoint(id)});
  }

  template <class Outcome>
  const Outcome& last() {
    auto found = std::find_if(outcomes.rbegin(), outcomes.rend(),
                              [](const auto& each) { return std::holds_alternative<Outcome>(each); });
    REQUIRE(found != outcomes.rend());
    return std::get<Outcome>(*found);
  }

  simulated_disk disk;
  simulation::disk_platform environment{disk};
  std::vector<checkpoint_storage::outcome> outcomes;
  std::optional<checkpoint_storage> storage;
};

} // namespace

TEST_CASE_FIXTURE(storage_at_work,
                  "the next master finds the completed checkpoints, oldest first, and the counter") {
  REQUIRE(last<storage_opened>().found);
  CHECK(last<storage_opened>().found->completed.empty());
  CHECK(last<storage_opened>().found->counter == 0);
  take(1);
  CHECK(last<counter_outcome>().outcome);
  CHECK(*last<checkpoint_outcome>().path == "cp/" + to_string(some_job) + "/chk-1");
  take(2);
  storage->perform(store_counter{some_job, 3});
  restart(2);
  const auto& found = last<storage_opened>().found;
  REQUIRE(found);
  REQUIRE(found->completed.size() == 2);
  CHECK(found->completed[0].checkpoint == checkpoint(1));
  CHECK(found->completed[1].checkpoint == checkpoint(2));
  CHECK(found->counter >= 3);
}

TEST_CASE_FIXTURE(storage_at_work,
                  "the only checkpoint, when it cannot be read, is an error that says what may be done") {
  take(1);
  std::string path = "cp/" + to_string(some_job) + "/chk-1";
  disk.set_content(path + "/_metadata", "torn");
  restart(2);
  const auto& found = last<storage_opened>().found;
  REQUIRE_FALSE(found);
  CHECK(found.failure().code() == errc::corrupt);
  for (std::string part : {path.c_str(), "restore", "remove it"})
    CHECK_MESSAGE(found.failure().message().find(part) != std::string::npos, found.failure().message());
}

TEST_CASE_FIXTURE(storage_at_work, "of several checkpoints it is told which can be read") {
  take(1);
  take(2);
  for (checkpoint_id torn : {1, 2}) {
    CAPTURE(torn);
    std::string path = "cp/" + to_string(some_job) + "/chk-" + std::to_string(torn);
    std::string whole = disk.content(path + "/_metadata");
    disk.set_content(path + "/_metadata", "torn");
    restart(torn + 1);
    disk.set_content(path + "/_metadata", whole);
    const auto& found = last<storage_opened>().found;
    REQUIRE(found);
    REQUIRE(found->completed.size() == 1);
    CHECK(found->completed[0].checkpoint.id == 3 - torn);
    REQUIRE(found->unreadable.size() == 1);
    CHECK(found->unreadable[0].id == torn);
    CHECK(found->unreadable[0].path == path);
    CHECK(found->unreadable[0].why.find("_metadata") != std::string::npos);
    CHECK(found->lack_newest() == (torn == 2));
  }
}

TEST_CASE_FIXTURE(storage_at_work,
                  "whatever step fails, done or not, the storage goes on and knows what is there") {
  for (fault how : {fault::fail, fault::fail_done})
    for (std::uint64_t step = 1;; ++step) {
      CAPTURE(step);
      storage_at_work run;
      run.take(1);
      run.storage->perform(store_counter{some_job, 2});
      std::uint64_t due = run.disk.operations() + step;
      run.disk.on_operation = fault_at(due, how);
      run.storage->perform(store_checkpoint{checkpoint(2)});
      bool happened = run.disk.operations() >= due;
      run.disk.on_operation = {};
      auto stored = run.last<checkpoint_outcome>();
      if (!stored.path) {
        run.storage->perform(remove_checkpoint{some_job, 2});
        CHECK(run.last<removal_outcome>().outcome);
      }
      run.take(3);
      CHECK(run.last<checkpoint_outcome>().checkpoint == 3);
      CHECK(run.last<checkpoint_outcome>().path);
      run.restart(2);
      REQUIRE(run.last<storage_opened>().found);
      std::vector<checkpoint_id> ids;
      for (const auto& each : run.last<storage_opened>().found->completed)
        ids.push_back(each.checkpoint.id);
      CHECK(ids == (stored.path ? std::vector<checkpoint_id>{1, 2, 3} : std::vector<checkpoint_id>{1, 3}));
      if (!happened)
        break;
    }
}

TEST_CASE_FIXTURE(storage_at_work,
                  "files of a checkpoint under way survive a sweep, and go once it is given up") {
  storage->perform(store_counter{some_job, 1});
  std::string path = "cp/" + to_string(some_job) + "/chk-1/v0-s0-e1-1-c1-00f3a90c11d2e4b7";
  auto file = disk.create(path, true);
  REQUIRE(file);
  storage->perform(sweep_files{some_job, {}, {}});
  CHECK(disk.info(path));
  storage->perform(abandon_checkpoint{some_job, 1});
  storage->perform(sweep_files{some_job, {}, {path}});
  CHECK(disk.info(path));
  storage->perform(sweep_files{some_job, {}, {}});
  CHECK_FALSE(disk.info(path));
}

TEST_CASE_FIXTURE(storage_at_work, "the end of a job leaves nothing, or the checkpoints that are kept") {
  take(1);
  SUBCASE("nothing") {
    storage->perform(end_checkpoints{some_job});
    CHECK(disk.tree() == std::vector<std::string>{"cp/"});
  }
  SUBCASE("nothing, once the disk is there again") {
    disk.on_operation = [](const simulated_disk::operation& now) {
      return now.what == simulated_disk::action::sync_folder ? simulated_disk::fault::fail
                                                             : simulated_disk::fault::none;
    };
    storage->perform(end_checkpoints{some_job});
    CHECK_FALSE(last<end_outcome>().outcome);
    disk.on_operation = {};
    storage->perform(last<end_outcome>().wanted);
    CHECK(last<end_outcome>().outcome);
    CHECK(disk.tree() == std::vector<std::string>{"cp/"});
    // Nor is the folder made again to be removed.
    auto operations = disk.operations();
    storage->perform(end_checkpoints{some_job});
    CHECK(last<end_outcome>().outcome);
    CHECK(disk.operations() == operations);
  }
  SUBCASE("kept ones") {
    storage->perform(end_checkpoints{some_job, true});
    CHECK(disk.info("cp/" + to_string(some_job) + "/chk-1/_metadata"));
  }
}
