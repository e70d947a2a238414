#include "state/checkpoint_store.hpp"

#include "base/log.hpp"
#include "checkpoint_fixture.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

/// A store and the tasks that write for it.
struct store_fixture : checkpoint_files {
  explicit store_fixture(std::uint64_t e = 1) : epoch{e}, store{open_store(disk, e)} {}

  snapshot_handle task_file(checkpoint_id id, std::uint32_t subtask, bool shared, checkpoint_id base = 0) {
    auto written = write_task_file(disk, path(id, subtask, epoch, shared), base);
    REQUIRE_MESSAGE(written, written.failure().message());
    return *written;
  }

  completed_checkpoint complete(checkpoint_id id, std::vector<snapshot_handle> before = {}) {
    REQUIRE(store->begin(id));
    before.push_back(task_file(id, 0, true, before.empty() ? 0 : id - 1));
    auto made = checkpoint(id, std::move(before), {task_file(id, 1, false)});
    REQUIRE(store->complete(made));
    return made;
  }

  void foreign(const std::string& path) {
    auto file = disk.create(path, true);
    REQUIRE(file);
    REQUIRE((*file)->append(std::string{"mine"}));
  }

  void reopen(std::uint64_t e) {
    store = open_store(disk, e);
    epoch = e;
  }

  simulated_disk disk = empty_disk();
  std::uint64_t epoch;
  std::unique_ptr<checkpoint_store> store;
};

/// Keeps what is logged while it lives.
struct captured_log {
  captured_log() {
    log::set_writer([this](std::string_view line) { lines.emplace_back(line); });
  }
  ~captured_log() { log::set_writer({}); }

  [[nodiscard]] auto count(const std::string& text) const {
    return std::ranges::count_if(lines,
                                 [&](const auto& line) { return line.find(text) != std::string::npos; });
  }

  std::vector<std::string> lines;
};

} // namespace

TEST_CASE_FIXTURE(store_fixture, "completed checkpoints are read as they were written, the newest first") {
  auto one = complete(1);
  auto two = complete(2, one.vertices[0].subtasks[0].chain);
  auto listed = store->completed();
  REQUIRE(listed);
  REQUIRE(listed->size() == 2);
  CHECK(*(*listed)[0].content == two);
  CHECK(*(*listed)[1].content == one);
  CHECK(disk.info(folders.metadata(2)));
}

TEST_CASE_FIXTURE(store_fixture, "a checkpoint that has only begun is not listed") {
  REQUIRE(store->begin(1));
  task_file(1, 1, false);
  CHECK(store->completed()->empty());
  CHECK(disk.info(folders.of(1))->is_folder);
}

TEST_CASE_FIXTURE(store_fixture, "ids go on behind all that any master has used") {
  CHECK(store->next_id() == 1);
  REQUIRE(store->begin(1));
  REQUIRE(store->settle());
  CHECK(store->next_id() == 2);
  store->abandon(1);
  reopen(2);
  CHECK(store->next_id() > 1);
  auto next = store->next_id();
  REQUIRE(store->begin(next));
  store->abandon(next);
  reopen(3);
  CHECK(store->next_id() > next);
}

TEST_CASE_FIXTURE(store_fixture, "ids go on behind what is there even when their record was removed") {
  complete(5);
  REQUIRE(store->begin(8));
  task_file(8, 0, true);
  store->abandon(8);
  auto entries = disk.list(folders.job());
  for (const auto& entry : *entries)
    if (name_of(entry.path).starts_with(".next-"))
      REQUIRE(disk.remove(entry.path));
  reopen(2);
  CHECK(store->next_id() == 9);
}

TEST_CASE_FIXTURE(store_fixture, "a checkpoint that was settled needs two syncs less") {
  auto syncs_of = [&](auto step) {
    std::uint64_t syncs = 0;
    disk.on_operation = [&](const simulated_disk::operation& now) {
      syncs += now.what == simulated_disk::action::sync || now.what == simulated_disk::action::sync_folder;
      return fault::none;
    };
    step();
    disk.on_operation = {};
    return syncs;
  };
  auto first = checkpoint(1, {}, {});
  CHECK(syncs_of([&] { REQUIRE(store->begin(1)); }) == 1);
  CHECK(syncs_of([&] { REQUIRE(store->complete(first)); }) == 3);
  auto second = checkpoint(2, {}, {});
  REQUIRE(store->begin(2));
  CHECK(syncs_of([&] { REQUIRE(store->settle()); }) == 1);
  CHECK(syncs_of([&] { REQUIRE(store->complete(second)); }) == 2);
  CHECK(syncs_of([&] { REQUIRE(store->begin(3)); }) == 0);
}

TEST_CASE_FIXTURE(store_fixture, "a dropped checkpoint goes with the files that no other one names") {
  auto one = complete(1);
  auto two = complete(2, one.vertices[0].subtasks[0].chain);
  auto own = one.vertices[0].subtasks[1].chain[0].path;
  auto shared = one.vertices[0].subtasks[0].chain[0].path;
  REQUIRE(store->drop(1));
  CHECK(ids_listed(*store) == std::vector<checkpoint_id>{2});
  REQUIRE(store->remove_files(std::vector{own, shared}));
  CHECK(files_on(disk) == files_of_listed(*store, disk));
  CHECK(files_on(disk).contains(shared));
  CHECK_FALSE(disk.info(folders.of(1)));
}

TEST_CASE_FIXTURE(store_fixture, "files that a completed checkpoint names are not removed, whoever asks") {
  auto one = complete(1);
  auto path = one.vertices[0].subtasks[0].chain[0].path;
  CHECK(store->remove_files(std::vector{path}));
  CHECK(disk.info(path));
  reopen(2);
  CHECK(store->remove_files(std::vector{path}));
  CHECK(disk.info(path));
}

TEST_CASE_FIXTURE(store_fixture, "files elsewhere, and files of other names, are not removed, whoever asks") {
  REQUIRE(disk.create_folders("cp/other/shared"));
  std::string name = to_string(snapshot_file_name{0, 0, {1}, 1, 1, 1});
  std::vector<std::string> paths{"cp/other/shared/" + name, folders.shared() + "/notes",
                                 folders.task_owned() + "/" + name, folders.job() + "/" + name,
                                 folders.shared() + "/../" + name};
  REQUIRE(store->begin(1));
  for (std::size_t i = 0; i < 4; ++i)
    foreign(paths[i]);
  paths.push_back(folders.metadata(1));
  foreign(paths.back());
  CHECK(store->remove_files(paths));
  CHECK(files_on(disk).size() == 5);
}

TEST_CASE_FIXTURE(store_fixture,
                  "the folder of a checkpoint that is under way stays when a file in it is removed") {
  REQUIRE(store->begin(1));
  auto late = task_file(1, 1, false);
  CHECK(store->remove_files(std::vector{late.path}));
  CHECK(disk.info(folders.of(1)));
  store->abandon(1);
  CHECK_FALSE(disk.info(folders.of(1)));
}

TEST_CASE_FIXTURE(store_fixture,
                  "a sweep takes what belongs to nothing, and leaves what is under way, named or pinned") {
  auto one = complete(1);
  REQUIRE(store->begin(2));
  auto aborted_shared = task_file(2, 0, true);
  auto aborted_own = task_file(2, 1, false);
  store->abandon(2);
  REQUIRE(store->begin(3));
  auto pinned = task_file(3, 0, true);
  store->abandon(3);
  REQUIRE(store->begin(4));
  auto pending_shared = task_file(4, 0, true);
  auto pending_own = task_file(4, 1, false);
  auto unfinished = folders.shared() + "/." + to_string(snapshot_file_name{0, 0, {1}, 1, 2, 9}) + ".tmp";
  foreign(unfinished);

  auto swept = store->sweep(std::vector{pinned.path});
  REQUIRE(swept);
  CHECK(swept->removed == 3);
  CHECK(swept->foreign.empty());
  for (const auto& path : {aborted_shared.path, aborted_own.path, unfinished})
    CHECK_MESSAGE(!disk.info(path), path);
  for (const auto& path : {pinned.path, pending_shared.path, pending_own.path})
    CHECK_MESSAGE(disk.info(path), path);
  CHECK(checkpoint_folders_on(disk) == std::set<std::string>{folders.of(1), folders.of(4)});
  auto known = files_of_listed(*store, disk);
  CHECK(known.size() == 3);
  // What was under way is complete, and keeps its files.
  REQUIRE(store->complete(checkpoint(4, {pending_shared}, {pending_own})));
  REQUIRE(store->sweep({}));
  CHECK(files_of_listed(*store, disk).size() == 6);
}

TEST_CASE_FIXTURE(store_fixture, "a new master sweeps the files of older ones that no checkpoint names") {
  auto one = complete(1);
  REQUIRE(store->begin(2));
  task_file(2, 0, true);
  task_file(2, 1, false);
  reopen(2);
  // A task of the old master is still writing.
  auto late = write_task_file(disk, path(2, 3, 1, true), 0);
  REQUIRE(late);
  auto swept = store->sweep({});
  REQUIRE(swept);
  CHECK(swept->removed == 3);
  CHECK(files_on(disk) == files_of_listed(*store, disk));
  CHECK(checkpoint_folders_on(disk) == std::set<std::string>{folders.of(1)});
}

TEST_CASE_FIXTURE(store_fixture, "files that are none of the job's are left alone and said once") {
  complete(1);
  std::vector<std::string> paths{folders.job() + "/notes.txt", folders.of(1) + "/copy of _metadata",
                                 folders.shared() + "/v1-s0.bak",
                                 folders.of(1) + "/" + to_string(snapshot_file_name{0, 0, {1}, 1, 2, 9})};
  for (const auto& path : paths)
    foreign(path);
  foreign(folders.task_owned() + "/ledger");
  captured_log log;
  for (int i = 0; i < 3; ++i) {
    auto swept = store->sweep({});
    REQUIRE(swept);
    CHECK(swept->removed == 0);
    CHECK(std::set<std::string>(swept->foreign.begin(), swept->foreign.end()) ==
          std::set<std::string>(paths.begin(), paths.end()));
  }
  CHECK(log.count("file left alone that is no part of a checkpoint") == 4);
  REQUIRE(store->end(checkpoint_store::end_of_job::remove));
  paths.push_back(folders.task_owned() + "/ledger");
  CHECK(files_on(disk) == std::set<std::string>(paths.begin(), paths.end()));
}

TEST_CASE_FIXTURE(store_fixture, "a job that ends leaves nothing") {
  complete(1);
  complete(2);
  REQUIRE(store->begin(3));
  task_file(3, 0, true);
  REQUIRE(store->settle());
  REQUIRE(store->end(checkpoint_store::end_of_job::remove));
  CHECK(disk.tree() == std::vector<std::string>{"cp/"});
  CHECK(store->end(checkpoint_store::end_of_job::remove));
}

TEST_CASE_FIXTURE(store_fixture,
                  "nor does it leave the folder of a checkpoint that began and was said not to") {
  REQUIRE(store->settle());
  disk.on_operation = [](const simulation::simulated_disk::operation& now) {
    using simulation::simulated_disk;
    if (now.what == simulated_disk::action::rename)
      return simulated_disk::fault::fail_done;
    return now.what == simulated_disk::action::read ? simulated_disk::fault::fail
                                                    : simulated_disk::fault::none;
  };
  CHECK_FALSE(store->begin(1));
  disk.on_operation = {};
  REQUIRE(disk.info(folders.of(1)));
  REQUIRE(store->end(checkpoint_store::end_of_job::remove));
  CHECK(disk.tree() == std::vector<std::string>{"cp/"});
}

TEST_CASE_FIXTURE(store_fixture, "a job that ends may leave its completed checkpoints, and nothing else") {
  complete(1);
  auto two = complete(2);
  REQUIRE(store->drop(1));
  REQUIRE(store->begin(3));
  task_file(3, 0, true);
  task_file(3, 1, false);
  REQUIRE(store->end(checkpoint_store::end_of_job::retain));
  CHECK(files_on(disk).size() == 3);
  for (const auto& path : disk.tree())
    CHECK(path.find("/.") == std::string::npos);
  auto read = read_checkpoint(disk, folders.of(2));
  REQUIRE(read);
  CHECK(*read == two);
}

TEST_CASE("what a master does not come to at the end of a job a later one does, and keeps what is retained") {
  for (std::uint64_t step = 1;; ++step) {
    CAPTURE(step);
    store_fixture job;
    job.complete(1);
    auto two = job.complete(2);
    REQUIRE(job.store->drop(1));
    REQUIRE(job.store->begin(3));
    job.task_file(3, 0, true);
    job.task_file(3, 1, false);
    std::uint64_t due = job.disk.operations() + step;
    job.disk.on_operation = simulation::fault_at(due, simulation::simulated_disk::fault::crash_before);
    (void)job.store->end(checkpoint_store::end_of_job::retain);
    bool happened = job.disk.has_crashed();
    job.disk.on_operation = {};
    job.disk.restart();
    auto later = open_store(job.disk, 9);
    REQUIRE(later->end(checkpoint_store::end_of_job::retain));
    CHECK(files_on(job.disk).size() == 3);
    for (const auto& path : job.disk.tree())
      CHECK(path.find("/.") == std::string::npos);
    auto read = read_checkpoint(job.disk, folders.of(2));
    REQUIRE(read);
    CHECK(*read == two);
    if (!happened)
      break;
  }
}

TEST_CASE_FIXTURE(store_fixture,
                  "damaged metadata is named with file, byte and reason, and beside it the others are read") {
  auto one = complete(1);
  complete(2);
  std::string good = disk.content(folders.metadata(2));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    disk.set_content(folders.metadata(2), bad);
    auto listed = store->completed();
    REQUIRE(listed);
    REQUIRE(listed->size() == 2);
    CAPTURE(bit);
    REQUIRE_FALSE((*listed)[0].content);
    CHECK((*listed)[0].content.failure().code() == errc::corrupt);
    CHECK((*listed)[0].content.failure().message().starts_with("the checkpoint metadata " +
                                                               folders.metadata(2) + " is damaged at byte "));
    CHECK(*(*listed)[1].content == one);
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    disk.set_content(folders.metadata(2), good.substr(0, size));
    CHECK_FALSE(store->completed()->front().content);
  }
  disk.set_content(folders.metadata(2), disk.content(folders.metadata(1)));
  CHECK(store->completed()->front().content.failure().message().ends_with("it is of checkpoint 1"));
}

TEST_CASE_FIXTURE(store_fixture,
                  "while metadata cannot be read no file is swept, until that checkpoint is dropped") {
  complete(1);
  complete(2);
  REQUIRE(store->begin(3));
  task_file(3, 0, true);
  store->abandon(3);
  disk.set_content(folders.metadata(2), "torn");
  reopen(2);
  auto before = files_on(disk);
  auto swept = store->sweep({});
  REQUIRE_FALSE(swept);
  CHECK(swept.failure().code() == errc::corrupt);
  CHECK(files_on(disk) == before);
  REQUIRE(store->drop(2));
  REQUIRE(store->sweep({}));
  CHECK(files_on(disk) == files_of_listed(*store, disk));
}

TEST_CASE_FIXTURE(store_fixture, "a checkpoint is restored from where its folder was moved to") {
  auto one = complete(1);
  simulated_disk moved{disk};
  REQUIRE(moved.rename("cp", "archive"));
  for (const char* path : {"/chk-1", "/chk-1/", "/chk-1/_metadata"}) {
    auto read = read_checkpoint(moved, "archive/" + to_string(some_job()) + path);
    REQUIRE_MESSAGE(read, read.failure().message());
    CHECK(check_snapshot_files(moved, *read));
    CHECK_FALSE(check_snapshot_files(moved, one));
  }
  auto none = read_checkpoint(moved, "archive/none");
  REQUIRE_FALSE(none);
  CHECK(none.failure().code() == errc::not_found);
  CHECK(none.failure().message().starts_with("cannot read the checkpoint in archive/none: "));
}

TEST_CASE_FIXTURE(store_fixture,
                  "a checkpoint of which a file is missing or has another size is not restored") {
  auto one = complete(1);
  CHECK(check_snapshot_files(disk, one));
  auto path = one.vertices[0].subtasks[1].chain[0].path;
  std::string content = disk.content(path);
  disk.set_content(path, content + "x");
  CHECK(check_snapshot_files(disk, one).failure().message() ==
        "checkpoint 1 cannot be restored: of count (2/2) the snapshot file " + path + " has " +
            std::to_string(content.size() + 1) + " bytes and not " + std::to_string(content.size()));
  REQUIRE(disk.remove(path));
  auto missing = check_snapshot_files(disk, one);
  CHECK(missing.failure().code() == errc::corrupt);
  CHECK(missing.failure().message() ==
        "checkpoint 1 cannot be restored: of count (2/2) the snapshot file " + path + " is missing");
}

TEST_CASE("the store works on the files of the system") {
  testing::temporary_folder top;
  auto files = make_system_platform();
  auto& disk = files->files();
  auto open = [&](std::uint64_t epoch) {
    auto opened = checkpoint_store::open(disk, top / "checkpoints", some_job(), {epoch});
    REQUIRE_MESSAGE(opened, opened.failure().message());
    return std::move(*opened);
  };
  auto old_master = open(1);
  REQUIRE(old_master->begin(1));
  auto file = write_task_file(
      disk, old_master->folders().of(1) + "/" + to_string(snapshot_file_name{0, 0, {1}, 1, 1, 1}), 0);
  REQUIRE(file);
  REQUIRE(old_master->settle());
  auto one = checkpoint_files::checkpoint(1, {*file}, {});
  REQUIRE(old_master->complete(one));

  auto new_master = open(2);
  CHECK(*new_master->completed()->front().content == one);
  CHECK(old_master->begin(2).failure().code() == errc::fenced);
  CHECK(old_master->drop(1).failure().code() == errc::fenced);
  CHECK(ids_listed(*new_master) == std::vector<checkpoint_id>{1});
  auto next = new_master->next_id();
  REQUIRE(new_master->begin(next));
  REQUIRE(new_master->complete(checkpoint_files::checkpoint(next, {}, {})));
  REQUIRE(new_master->drop(1));
  REQUIRE(new_master->sweep({}));
  CHECK_FALSE(disk.info(file->path));
  REQUIRE(new_master->end(checkpoint_store::end_of_job::remove));
  CHECK(disk.list(top / "checkpoints")->empty());
}
