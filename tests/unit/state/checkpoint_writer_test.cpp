#include "state/checkpoint_writer.hpp"

#include "checkpoint_fixture.hpp"
#include "simulation/disk_platform.hpp"
#include "snapshot_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

const attempt_id some_attempt{some_job(), 2, 1, {3}, 4};

/// A task with one state, whose disk the test breaks.
struct task_fixture : snapshot_fixture {
  task_fixture() {
    REQUIRE(disk.create_folders(folders.shared()));
    REQUIRE(disk.create_folders(folders.of(7)));
    for (const char* folder : {".", "cp"})
      REQUIRE(disk.sync_folder(folder));
    REQUIRE(disk.sync_folder(folders.job()));
    for (int i = 0; i < 300; ++i)
      words.put(std::to_string(i), std::string(static_cast<std::size_t>(i), 'x'));
    states->add(words);
  }

  checkpoint_writer writer(bool incremental) {
    return {environment, {folders, some_attempt, incremental, options}};
  }

  result<snapshot_handle> write(checkpoint_writer& with, checkpoint_id id, checkpoint_id parent = 0,
                                std::stop_token stop = {}) {
    std::vector<operator_state_cut> cuts;
    cuts.push_back(
        states->freeze(++frozen, parent == 0 ? detail::cut_kind::full : detail::cut_kind::changes));
    return with.write(id, head(0, 1, id, parent), std::move(cuts), std::move(stop));
  }

  simulated_disk disk;
  simulation::disk_platform environment{disk};
  map_state words{type("words"), max_parallelism};
  std::unique_ptr<operator_state_registry> states = registry(0, 1);
  std::uint64_t frozen = 0;
};

} // namespace

TEST_CASE_FIXTURE(task_fixture, "the file of a checkpoint is in its folder, and its name says whose it is") {
  auto to = writer(false);
  auto written = write(to, 7);
  REQUIRE_MESSAGE(written, written.failure().message());
  CHECK(folder_of(written->path) == folders.of(7));
  auto name = read_snapshot_file_name(name_of(written->path));
  REQUIRE(name);
  CHECK(name->vertex == 2);
  CHECK(name->subtask == 1);
  CHECK(name->epoch.value == 3);
  CHECK(name->attempt == 4);
  CHECK(name->checkpoint == 7);
  CHECK(written->size == disk.content(written->path).size());
  CHECK(written->written > written->size); // it compresses well
  CHECK(written->base == 0);
  auto file = snapshot_reader::open(disk, written->path, options);
  REQUIRE(file);
  CHECK((*file)->entries(0, {0, max_parallelism - 1}) == 300);
}

TEST_CASE_FIXTURE(task_fixture, "files of changes are where all share them, and name what they change") {
  auto to = writer(true);
  auto full = write(to, 7);
  REQUIRE(full);
  words.put("1", "new");
  words.remove("2");
  auto changes = write(to, 8, 7);
  REQUIRE(changes);
  CHECK(folder_of(full->path) == folders.shared());
  CHECK(folder_of(changes->path) == folders.shared());
  CHECK(full->base == 0);
  CHECK(changes->base == 7);
  auto chain = open_snapshot_chain(disk, std::vector{full->path, changes->path}, options);
  REQUIRE_MESSAGE(chain, chain.failure().message());
  map_state read{type("words"), max_parallelism};
  registry(0, 1, {*chain})->add(read);
  CHECK(read.held == words.held);
}

TEST_CASE_FIXTURE(task_fixture, "no two files have the same name, even of one attempt and checkpoint") {
  auto to = writer(false);
  auto one = write(to, 7);
  auto other = write(to, 7);
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->path != other->path);
}

TEST_CASE_FIXTURE(task_fixture, "whichever operation fails, there is an error and no file") {
  auto before = disk.tree();
  auto to = writer(false);
  for (fault how : {fault::fail, fault::fail_done}) {
    std::uint64_t failed = 0;
    for (std::uint64_t step = 1;; ++step) {
      CAPTURE(step);
      disk.on_operation = fault_at(disk.operations() + step, how);
      auto written = write(to, 7);
      disk.on_operation = {};
      if (written) {
        to.discard(*written);
        break;
      }
      ++failed;
      CHECK(written.failure().message().starts_with("cannot write the snapshot for checkpoint 7: cannot "));
      CHECK(disk.tree() == before);
    }
    CHECK(failed >= 5); // create, append, sync, rename, sync of the folder
    CHECK(disk.tree() == before);
  }
}

TEST_CASE("a file that was acknowledged survives a power cut, and none that was not is in its way") {
  for (std::uint64_t step = 1;; ++step) {
    task_fixture task;
    auto to = task.writer(false);
    task.disk.on_operation = fault_at(task.disk.operations() + step, fault::crash_after);
    auto written = task.write(to, 7);
    bool crashed = task.disk.has_crashed();
    task.disk.on_operation = {};
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(step);
      CAPTURE(seed);
      simulated_disk after{task.disk};
      after.cut_power(seed);
      if (written)
        CHECK(snapshot_reader::open(after, written->path, task.options));
      for (const auto& path : files_on(after))
        CHECK(read_snapshot_file_name(name_of(path)));
    }
    if (!crashed)
      break;
  }
}

TEST_CASE_FIXTURE(task_fixture, "a checkpoint whose folder is gone gets no file and no folder") {
  REQUIRE(disk.remove_folder(folders.of(7)));
  auto before = disk.tree();
  auto to = writer(false);
  auto written = write(to, 7);
  REQUIRE_FALSE(written);
  CHECK(written.failure().code() == errc::not_found);
  CHECK(disk.tree() == before);
}

TEST_CASE_FIXTURE(task_fixture, "a snapshot that is not wanted any more leaves no file") {
  auto before = disk.tree();
  auto to = writer(false);
  std::stop_source stop;
  stop.request_stop();
  auto stopped = write(to, 7, 0, stop.get_token());
  REQUIRE_FALSE(stopped);
  CHECK(stopped.failure().code() == errc::canceled);
  CHECK(disk.tree() == before);
  auto written = write(to, 7);
  REQUIRE(written);
  to.discard(*written);
  to.discard({}); // of a subtask without state
  CHECK(disk.tree() == before);
  CHECK(words.cuts == 0);
}
