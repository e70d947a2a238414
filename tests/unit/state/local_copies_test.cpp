#include "state/local_copies.hpp"

#include "base/log.hpp"
#include "checkpoint_fixture.hpp"
#include "simulation/disk_platform.hpp"
#include "snapshot_fixture.hpp"
#include "state/checkpoint_writer.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace weir;
using namespace weir::testing;

namespace {

const attempt_id some_attempt{some_job(), 2, 1, {3}, 4};

/// A worker whose task writes snapshots of more than one piece.
struct worker_disk : snapshot_fixture {
  worker_disk() {
    log::set_level("off");
    REQUIRE(disk.create_folders(folders.shared()));
    std::mt19937 random{1};
    for (int i = 0; i < 600; ++i) {
      std::string value(1000, ' ');
      for (char& c : value)
        c = static_cast<char>(random());
      words.put(std::to_string(i), value);
    }
    states->add(words);
  }
  ~worker_disk() { log::set_level("info"); }

  result<snapshot_handle> try_write(checkpoint_id id, checkpoint_id parent = 0) {
    checkpoint_writer to{environment, {folders, some_attempt, true, options, copies}};
    std::vector<operator_state_cut> cuts;
    cuts.push_back(
        states->freeze(++frozen, parent == 0 ? detail::cut_kind::full : detail::cut_kind::changes));
    return to.write(id, head(0, 1, id, parent), std::move(cuts));
  }
  snapshot_handle write(checkpoint_id id, checkpoint_id parent = 0) {
    auto written = try_write(id, parent);
    REQUIRE_MESSAGE(written, written.failure().message());
    return *written;
  }

  /// Where the copy of a file is; empty if there is none.
  std::string copy_of(const snapshot_handle& of) {
    std::string found;
    for (const std::string& path : disk.tree())
      if (path.starts_with("local/") && name_of(path) == name_of(of.path))
        found = path;
    return found;
  }

  /// What a task reads that begins from these files.
  result<std::map<std::string, std::string>> read(const std::vector<snapshot_handle>& files) {
    std::vector<std::string> paths;
    for (const snapshot_handle& file : files)
      paths.push_back(file.path);
    count = std::make_shared<restored_files>();
    auto chain = open_snapshot_chain([&](const std::string& path) { return copies->open(path, count); },
                                     paths, options);
    if (!chain)
      return chain.failure();
    map_state state{type("words"), max_parallelism};
    auto restore = operator_state_restore::make(who(0, 1), {*chain});
    if (!restore)
      return restore.failure();
    if (auto filled = restore->fill(state); !filled)
      return filled.failure();
    std::map<std::string, std::string> held{state.held.begin(), state.held.end()};
    return held;
  }
  std::map<std::string, std::string> expected() { return {words.held.begin(), words.held.end()}; }
  void check_reads(const std::vector<snapshot_handle>& files) {
    auto found = read(files);
    REQUIRE_MESSAGE(found, found.failure().message());
    CHECK(*found == expected());
  }

  simulated_disk disk;
  simulation::disk_platform environment{disk};
  std::shared_ptr<local_copies> copies =
      std::make_shared<local_copies>(environment, std::vector<std::string>{"local"});
  std::shared_ptr<restored_files> count;
  map_state words{type("words"), max_parallelism};
  std::unique_ptr<operator_state_registry> states = registry(0, 1);
  std::uint64_t frozen = 0;
};

} // namespace

TEST_CASE_FIXTURE(worker_disk,
                  "a task begins from the copies of its worker when the originals cannot be read") {
  auto full = write(7);
  words.put("1", "new");
  words.remove("2");
  auto changes = write(8, 7);
  CHECK(disk.content(copy_of(full)) == disk.content(full.path));
  CHECK(full.size > 2 * local_copy::piece_size);
  for (const snapshot_handle& file : {full, changes})
    REQUIRE(disk.remove(file.path));
  check_reads({full, changes});
  CHECK(count->copies == 2);
  CHECK(count->originals == 0);
  CHECK(count->copied_bytes > full.size / 2);
}

TEST_CASE_FIXTURE(worker_disk, "a copy that is not there is no reason not to begin") {
  auto full = write(7);
  REQUIRE(disk.remove(copy_of(full)));
  check_reads({full});
  CHECK(count->copies == 0);
  CHECK(count->originals == 1);
}

TEST_CASE_FIXTURE(worker_disk, "a file that another worker wrote is read where it is") {
  auto full = write(7);
  copies = std::make_shared<local_copies>(environment, std::vector<std::string>{"local"});
  check_reads({full});
  CHECK(count->originals == 1);
}

TEST_CASE_FIXTURE(worker_disk, "wherever a copy is damaged, the state is that of the original") {
  auto full = write(7);
  std::string path = copy_of(full), whole = disk.content(path);
  std::mt19937 random{7};
  for (int i = 0; i < 60; ++i) {
    CAPTURE(i);
    std::string damaged = whole;
    if (i < 3)
      damaged.resize(random() % whole.size());
    else
      damaged[i == 3   ? 0
              : i == 4 ? whole.size() - 1
                       : random() % whole.size()] ^= static_cast<char>(1 << random() % 8);
    disk.set_content(path, damaged);
    check_reads({full});
    CHECK(count->copies == 0);
    CHECK(count->originals == 1);
  }
  disk.set_content(path, whole);
  check_reads({full});
  CHECK(count->copies == 1);
}

TEST_CASE_FIXTURE(worker_disk, "a copy that is damaged or unreadable while it is read does no harm") {
  auto full = write(7);
  std::string path = copy_of(full);
  int reads = 0;
  for (int failing = 1; failing <= 4; ++failing) {
    CAPTURE(failing);
    reads = 0;
    disk.on_operation = [&](const simulated_disk::operation& what) {
      bool fails = what.what == simulated_disk::action::read && what.path == path && ++reads >= failing;
      return fails ? fault::fail : fault::none;
    };
    check_reads({full});
    disk.on_operation = {};
    CHECK(count->originals == 1);
  }
}

TEST_CASE_FIXTURE(worker_disk, "when copy and original are damaged, the error names the original") {
  auto full = write(7);
  std::string content = disk.content(full.path);
  content[content.size() / 2] ^= 1;
  disk.set_content(full.path, content);
  disk.set_content(copy_of(full), content);
  auto found = read({full});
  REQUIRE_FALSE(found);
  CHECK(found.failure().message().find(full.path) != std::string::npos);
}

TEST_CASE_FIXTURE(worker_disk, "no fault of the worker's own disk fails a snapshot or is seen in the state") {
  for (fault how : {fault::fail, fault::fail_done}) {
    for (std::uint64_t nth = 1;; ++nth) {
      CAPTURE(nth);
      std::uint64_t seen = 0;
      disk.on_operation = [&](const simulated_disk::operation& what) {
        bool of_copy = what.path.starts_with("local") && what.what != simulated_disk::action::read;
        return of_copy && ++seen == nth ? how : fault::none;
      };
      copies = std::make_shared<local_copies>(environment, std::vector<std::string>{"local"});
      auto written = write(6 + nth);
      disk.on_operation = {};
      check_reads({written});
      // A copy that was begun is whole or gone.
      if (std::string path = copy_of(written); !path.empty())
        CHECK(disk.content(path) == disk.content(written.path));
      if (seen < nth)
        break;
      REQUIRE(nth < 50);
    }
  }
}

TEST_CASE_FIXTURE(worker_disk, "a snapshot that fails leaves no copy") {
  for (std::uint64_t nth = 1; nth <= 5; ++nth) {
    std::uint64_t seen = 0;
    disk.on_operation = [&](const simulated_disk::operation& what) {
      bool of_original = what.path.starts_with("cp") && what.what != simulated_disk::action::read;
      return of_original && ++seen == nth ? fault::fail : fault::none;
    };
    auto written = try_write(7);
    disk.on_operation = {};
    REQUIRE_FALSE(written);
    for (const std::string& path : disk.tree())
      CHECK_FALSE(read_snapshot_file_name(name_of(path)));
  }
}

TEST_CASE_FIXTURE(worker_disk,
                  "the disk holds the copies of one complete checkpoint, and nothing of an ended job") {
  std::vector<snapshot_handle> written;
  for (checkpoint_id id = 7; id < 12; ++id) {
    written.push_back(write(id));
    copies->on_completed(some_job(), id);
  }
  for (std::size_t i = 0; i < written.size(); ++i)
    CHECK(copy_of(written[i]).empty() == (i + 1 < written.size()));
  auto aborted = write(12);
  copies->on_aborted(some_job(), 12);
  CHECK(copy_of(aborted).empty());
  auto unheard = write(13);
  checkpoint_writer{environment, {folders, some_attempt, true, options, copies}}.discard(unheard);
  CHECK(copy_of(unheard).empty());
  copies->forget(some_job());
  CHECK(copy_of(written.back()).empty());
  copies.reset();
  for (const std::string& path : disk.tree())
    CHECK_FALSE(path.starts_with("local/weir-state-"));
}

TEST_CASE_FIXTURE(worker_disk,
                  "copies of a worker that died are removed, and those of one that lives are not") {
  auto left = write(7);
  REQUIRE_FALSE(copy_of(left).empty());
  local_copies other{environment, {"local"}};
  other.remove_leftovers();
  CHECK_FALSE(copy_of(left).empty());
  simulated_disk after{disk};
  after.restart();
  simulation::disk_platform anew{after};
  local_copies{anew, {"local"}}.remove_leftovers();
  for (const std::string& path : after.tree())
    CHECK_FALSE(path.starts_with("local/weir-state-"));
}
