#include "checkpoint_story.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

using action = simulated_disk::action;

/// Calls `run(number of the operation)` for each operation of the story.
template <class Run>
void for_each_step_of_story(bool ends, Run run) {
  simulated_disk disk = empty_disk();
  checkpoint_story whole{disk, 1};
  whole.ends = ends;
  std::uint64_t before = disk.operations();
  whole.run();
  REQUIRE(whole.last_completed == 4);
  REQUIRE(whole.dropped == std::set<checkpoint_id>{1, 2});
  REQUIRE(whole.ended == ends);
  std::uint64_t steps = disk.operations() - before;
  REQUIRE(steps > 50);
  for (std::uint64_t step = 1; step <= steps; ++step)
    run(step);
}

/// A disk whose fault comes at an operation of the story, and the story.
struct faulty_run {
  faulty_run(std::uint64_t step, fault how, bool ends) {
    story.ends = ends;
    disk.on_operation = fault_at(disk.operations() + step, how);
    story.run();
    disk.on_operation = {};
  }

  simulated_disk disk = empty_disk();
  checkpoint_story story{disk, 1};
};

} // namespace

TEST_CASE("a master that crashes at any step leaves what it said, and the next goes on from there") {
  for (bool ends : {false, true})
    for (fault how : {fault::crash_before, fault::crash_after})
      for_each_step_of_story(ends, [&](std::uint64_t step) {
        CAPTURE(step);
        faulty_run run{step, how, ends};
        REQUIRE(run.disk.has_crashed());
        run.disk.restart();
        check_recovery(run.disk, run.story, 2);
      });
}

TEST_CASE("a power cut at any step leaves what was said, whatever of the rest it leaves") {
  for (bool ends : {false, true})
    for_each_step_of_story(ends, [&](std::uint64_t step) {
      faulty_run run{step, fault::crash_after, ends};
      for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        CAPTURE(step);
        CAPTURE(seed);
        simulated_disk after{run.disk};
        after.cut_power(seed * 1000 + step);
        check_recovery(after, run.story, 2);
      }
    });
}

TEST_CASE("a second crash while the first is recovered from loses nothing either") {
  for_each_step_of_story(false, [&](std::uint64_t step) {
    faulty_run first{step, fault::crash_after, false};
    for (std::uint64_t second = 1;; ++second) {
      CAPTURE(step);
      CAPTURE(second);
      simulated_disk disk{first.disk};
      disk.cut_power(step);
      disk.on_operation = fault_at(second, fault::crash_after);
      auto store = checkpoint_store::open(disk, "cp", some_job(), {2});
      if (store)
        (void)(*store)->sweep({});
      bool crashed = disk.has_crashed();
      disk.on_operation = {};
      disk.cut_power(second);
      check_recovery(disk, first.story, 3);
      if (!crashed)
        break;
    }
  });
}

TEST_CASE("an operation that fails, done or not, costs at most a checkpoint") {
  for (bool ends : {false, true})
    for (fault how : {fault::fail, fault::fail_done})
      for_each_step_of_story(ends, [&](std::uint64_t step) {
        CAPTURE(step);
        faulty_run run{step, how, ends};
        CHECK_FALSE(run.story.is_fenced);
        CHECK(run.story.completions >= 2); // of 3
        simulated_disk after{run.disk};
        after.cut_power(step);
        check_recovery(after, run.story, 2);
        check_recovery(run.disk, run.story, 2);
      });
}

TEST_CASE("a full disk stops checkpoints and harms none, and the job goes on when there is room") {
  for_each_step_of_story(false, [&](std::uint64_t step) {
    CAPTURE(step);
    simulated_disk disk = empty_disk();
    std::uint64_t full_from = disk.operations() + step;
    disk.on_operation = [&](const simulated_disk::operation& now) {
      bool needs_room =
          now.what == action::create || now.what == action::append || now.what == action::create_folder;
      return needs_room && now.number >= full_from ? fault::fail : fault::none;
    };
    checkpoint_story story{disk, 1};
    story.run();
    CHECK_FALSE(story.is_fenced);
    disk.on_operation = {};
    simulated_disk after{disk};
    after.cut_power(step);
    check_recovery(after, story, 2);
    checkpoint_story again{disk, 1};
    again.run();
    CHECK(again.completions == 3);
    check_recovery(disk, again, 2);
  });
}

TEST_CASE("a file whose sync failed is not taken for written, whatever a later sync says") {
  simulated_disk disk = empty_disk();
  auto store = open_store(disk, 1);
  REQUIRE(store->begin(1));
  std::set<std::string> failed;
  std::set<std::string> synced;
  bool fails = true;
  disk.on_operation = [&](const simulated_disk::operation& now) {
    if (now.what != action::sync)
      return fault::none;
    CHECK_MESSAGE(!failed.contains(now.path), now.path);
    (fails ? failed : synced).insert(now.path);
    return fails ? fault::fail : fault::none;
  };
  auto one = checkpoint_files::checkpoint(1, {}, {});
  for (int i = 0; i < 3; ++i) {
    auto completed = store->complete(one);
    REQUIRE_FALSE(completed);
    CHECK(completed.failure().code() == errc::io_failed);
    CHECK(ids_listed(*store).empty());
  }
  fails = false;
  REQUIRE(store->complete(one));
  CHECK(failed.size() == 3);
  CHECK(synced.size() == 1);
  disk.on_operation = {};
  disk.cut_power(5);
  CHECK(ids_listed(*open_store(disk, 2)) == std::vector<checkpoint_id>{1});
}

TEST_CASE("when nobody knows whether a checkpoint is complete, the store says nothing more until it is "
          "opened again") {
  for (fault how : {fault::fail, fault::fail_done}) {
    simulated_disk disk = empty_disk();
    auto store = open_store(disk, 1);
    REQUIRE(store->begin(1));
    auto file = write_task_file(disk, checkpoint_files::path(1, 0, 1, true), 0);
    REQUIRE(file);
    disk.on_operation = [&](const simulated_disk::operation& now) {
      return now.what == action::sync_folder && now.path == folders.of(1) ? how : fault::none;
    };
    auto completed = store->complete(checkpoint_files::checkpoint(1, {*file}, {}));
    REQUIRE_FALSE(completed);
    CHECK(completed.failure().code() == errc::uncertain);
    disk.on_operation = {};
    CHECK(store->begin(2).failure().code() == errc::uncertain);
    CHECK(store->remove_files(std::vector{file->path}).failure().code() == errc::uncertain);
    CHECK(store->sweep({}).failure().code() == errc::uncertain);
    CHECK(disk.info(file->path));
    // It had been renamed, so it counts, and lasts.
    auto again = open_store(disk, 1);
    CHECK(ids_listed(*again) == std::vector<checkpoint_id>{1});
    disk.cut_power(3);
    CHECK(ids_listed(*open_store(disk, 2)) == std::vector<checkpoint_id>{1});
  }
}

TEST_CASE("a rename that was done and reported as failed is not taken for failed") {
  simulated_disk disk = empty_disk();
  auto store = open_store(disk, 1);
  REQUIRE(store->begin(1));
  disk.on_operation = [&](const simulated_disk::operation& now) {
    return now.what == action::rename ? fault::fail_done : fault::none;
  };
  CHECK(store->complete(checkpoint_files::checkpoint(1, {}, {})));
  CHECK(store->drop(1));
  CHECK(ids_listed(*store).empty());
}

TEST_CASE("a rename that fails leaves no checkpoint and no file of it") {
  simulated_disk disk = empty_disk();
  auto store = open_store(disk, 1);
  REQUIRE(store->begin(1));
  auto before = disk.tree();
  disk.on_operation = [&](const simulated_disk::operation& now) {
    return now.what == action::rename ? fault::fail : fault::none;
  };
  auto completed = store->complete(checkpoint_files::checkpoint(1, {}, {}));
  REQUIRE_FALSE(completed);
  CHECK(completed.failure().code() == errc::io_failed);
  CHECK(disk.tree() == before);
}
