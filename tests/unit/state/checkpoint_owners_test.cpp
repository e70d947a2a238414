#include "checkpoint_story.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

/// What a new master does, and what must stay as it was when it did it.
struct new_master {
  explicit new_master(simulated_disk& disk) : disk{disk}, store{open_store(disk, 2)} {
    REQUIRE(store->sweep({}));
    auto id = store->next_id();
    REQUIRE(store->begin(id));
    auto file = write_task_file(disk, checkpoint_files::path(id, 0, 2, true), 0);
    REQUIRE(file);
    REQUIRE(store->complete(checkpoint_files::checkpoint(id, {*file}, {})));
    under_way = store->next_id();
    REQUIRE(store->begin(under_way));
    pending = *write_task_file(disk, checkpoint_files::path(under_way, 0, 2, true), 0);
    ids = ids_listed(*store);
    files = files_of_listed(*store, disk);
  }

  /// Also what its own tasks are writing is there, and it can go on.
  void check_nothing_changed() {
    CHECK(ids_listed(*store) == ids);
    CHECK(files_of_listed(*store, disk) == files);
    CHECK(disk.info(pending.path));
    REQUIRE(store->sweep({}));
    files.insert(pending.path);
    CHECK(files_on(disk) == files);
    auto completed = store->complete(checkpoint_files::checkpoint(under_way, {pending}, {}));
    CHECK_MESSAGE(completed, (completed ? "" : completed.failure().message()));
    CHECK(store->end(checkpoint_store::end_of_job::remove));
    CHECK(disk.tree() == std::vector<std::string>{"cp/"});
  }

  simulated_disk& disk;
  std::unique_ptr<checkpoint_store> store;
  checkpoint_id under_way = 0;
  snapshot_handle pending;
  std::vector<checkpoint_id> ids;
  std::set<std::string> files;
};

} // namespace

TEST_CASE(
    "a master that goes on after another took over, at whatever file operation, changes nothing any more") {
  for (bool ends : {false, true}) {
    std::uint64_t replaced_stories = 0;
    for (std::uint64_t step = 1;; ++step) {
      CAPTURE(step);
      simulated_disk disk = empty_disk();
      checkpoint_story old_master{disk, 1};
      old_master.ends = ends;
      std::optional<new_master> replacement;
      bool is_replaced = false;
      std::uint64_t due = disk.operations() + step;
      disk.on_operation = [&](const simulated_disk::operation& now) {
        if (!is_replaced && now.number == due) {
          is_replaced = true;
          replacement.emplace(disk);
        }
        return fault::none;
      };
      old_master.run();
      if (!is_replaced)
        break;
      ++replaced_stories;
      if (!old_master.is_over() && !old_master.ended)
        CHECK(old_master.begin_another().failure().code() == errc::fenced);
      // What it said to be complete was seen; what was not seen it did not say.
      if (old_master.last_completed != 0 && !old_master.ending)
        CHECK(replacement->under_way > old_master.last_completed);
      replacement->check_nothing_changed();
    }
    CHECK(replaced_stories > 50);
  }
}

TEST_CASE("a checkpoint of a replaced master is complete for both or for none, at whatever operation it is "
          "replaced") {
  bool seen_complete = false, seen_none = false;
  for (std::uint64_t step = 1;; ++step) {
    CAPTURE(step);
    simulated_disk disk = empty_disk();
    auto old_master = open_store(disk, 1);
    REQUIRE(old_master->begin(1));
    std::optional<std::vector<checkpoint_id>> seen;
    std::uint64_t due = disk.operations() + step;
    disk.on_operation = [&](const simulated_disk::operation& now) {
      if (!seen && now.number == due) {
        seen.emplace();
        *seen = ids_listed(*open_store(disk, 2));
      }
      return fault::none;
    };
    bool said = old_master->complete(checkpoint_files::checkpoint(1, {}, {})).has_value();
    if (!seen)
      break;
    CHECK(said == !seen->empty());
    (said ? seen_complete : seen_none) = true;
    CHECK(ids_listed(*open_store(disk, 2)) == *seen);
  }
  CHECK(seen_complete);
  CHECK(seen_none);
}

TEST_CASE("a master of a lower epoch cannot even open what a newer one has") {
  simulated_disk disk = empty_disk();
  new_master owner{disk};
  auto opened = checkpoint_store::open(disk, "cp", some_job(), {1});
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().code() == errc::fenced);
  owner.check_nothing_changed();
}

TEST_CASE("what an old master completes is not there for it when the new one swept its files before") {
  simulated_disk disk = empty_disk();
  auto old_master = open_store(disk, 1);
  REQUIRE(old_master->begin(1));
  auto file = write_task_file(disk, checkpoint_files::path(1, 0, 1, true), 0);
  REQUIRE(file);
  auto fresh = open_store(disk, 2);
  REQUIRE(fresh->sweep({}));
  CHECK_FALSE(disk.info(file->path));
  auto completed = old_master->complete(checkpoint_files::checkpoint(1, {*file}, {}));
  REQUIRE_FALSE(completed);
  CHECK(completed.failure().code() == errc::fenced);
  CHECK(ids_listed(*fresh).empty());
}

TEST_CASE("the late deletion of an old master does not take a file that a new checkpoint needs") {
  simulated_disk disk = empty_disk();
  auto old_master = open_store(disk, 1);
  REQUIRE(old_master->begin(1));
  auto base = write_task_file(disk, checkpoint_files::path(1, 0, 1, true), 0);
  REQUIRE(base);
  REQUIRE(old_master->complete(checkpoint_files::checkpoint(1, {*base}, {})));
  // Nothing names the file any more for the old one.
  REQUIRE(old_master->drop(1));
  auto fresh = open_store(disk, 2);
  auto id = fresh->next_id();
  REQUIRE(fresh->begin(id));
  auto changes = write_task_file(disk, checkpoint_files::path(id, 0, 2, true), 1);
  REQUIRE(fresh->complete(checkpoint_files::checkpoint(id, {*base, *changes}, {})));
  CHECK(old_master->remove_files(std::vector{base->path}).failure().code() == errc::fenced);
  CHECK(check_snapshot_files(disk, *fresh->completed()->front().content));
}
