#include "base/fenced_folder.hpp"

#include "base/system_files.hpp"
#include "simulation/simulated_disk.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <utility>

using namespace weir;
using simulation::fault_at;
using simulation::simulated_disk;

namespace {

using fault = simulated_disk::fault;
using taken_folder = std::unique_ptr<fenced_folder>;

taken_folder take(file_system& files, std::uint64_t epoch) {
  auto taken = fenced_folder::take(files, "jobs/a", {epoch});
  REQUIRE_MESSAGE(taken, taken.failure().message());
  return std::move(*taken);
}

std::string read(file_system& files, const std::string& path) {
  auto content = files.read_all(path, 1000);
  return content ? *content : "none";
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

/// A disk on which master 1 has the folder, with a file `old` in it.
simulated_disk disk_with_file() {
  simulated_disk disk;
  REQUIRE(disk.create_folders("jobs"));
  REQUIRE(disk.sync_folder("."));
  auto folder = take(disk, 1);
  REQUIRE(folder->put("jobs/a/file", std::string{"old"}));
  return disk;
}

using change = std::function<result<void>(fenced_folder&)>;

const std::vector<std::pair<const char*, change>> changes = {
    {"put", [](fenced_folder& in) { return in.put("jobs/a/file", std::string{"new"}); }},
    {"put of another", [](fenced_folder& in) { return in.put("jobs/a/other", std::string{"new"}); }},
    {"mark", [](fenced_folder& in) { return in.mark("jobs/a/other"); }},
    {"make_folder", [](fenced_folder& in) { return in.make_folder("jobs/a/folder"); }},
    {"remove", [](fenced_folder& in) { return in.remove("jobs/a/file"); }},
    {"discard", [](fenced_folder& in) { return in.discard("jobs/a/file"); }},
};

/// What a master sees that has just taken the folder.
std::vector<std::string> contents(simulated_disk& disk) {
  std::vector<std::string> seen;
  for (const char* path : {"jobs/a/file", "jobs/a/other"})
    seen.push_back(read(disk, path));
  seen.emplace_back(disk.info("jobs/a/folder") ? "folder" : "no folder");
  return seen;
}

bool is_durable(std::string_view change) {
  return change != "discard" && change != "make_folder";
}

std::vector<std::string> contents_after(const change& change) {
  simulated_disk disk = disk_with_file();
  REQUIRE(change(*take(disk, 1)));
  return contents(disk);
}

} // namespace

TEST_CASE("files are put, replaced and removed, and nothing else stays") {
  simulated_disk disk;
  auto folder = take(disk, 7);
  CHECK(folder->put("jobs/a/file", std::string{"one"}));
  CHECK(folder->put("jobs/a/file", std::string{"two"}));
  CHECK(folder->mark("jobs/a/name"));
  CHECK(folder->put("jobs/a/gone", std::string{"three"}));
  CHECK(folder->remove("jobs/a/gone"));
  CHECK(folder->remove("jobs/a/gone"));
  CHECK(folder->discard("jobs/a/gone"));
  CHECK(disk.tree() ==
        std::vector<std::string>{"jobs/", "jobs/a/", "jobs/a/.epoch-7/", "jobs/a/file", "jobs/a/name"});
  CHECK(read(disk, "jobs/a/file") == "two");
  CHECK(read(disk, "jobs/a/name").empty());
  CHECK(folder->leave());
  CHECK_FALSE(folder->put("jobs/a/file", std::string{"three"}));
  CHECK(disk.tree() == std::vector<std::string>{"jobs/", "jobs/a/", "jobs/a/file", "jobs/a/name"});
}

TEST_CASE("a change that failed in a known way says why and changed nothing") {
  simulated_disk disk;
  auto folder = take(disk, 1);
  auto written = folder->put("jobs/a/missing/file", std::string{"x"});
  REQUIRE_FALSE(written);
  CHECK(written.failure().message().starts_with("cannot write jobs/a/missing/file: "));
  CHECK(disk.tree() == std::vector<std::string>{"jobs/", "jobs/a/", "jobs/a/.epoch-1/"});
}

TEST_CASE("the folder of a higher epoch is refused, and one's own may be taken again") {
  simulated_disk disk;
  auto newer = take(disk, 5);
  auto older = fenced_folder::take(disk, "jobs/a", {4});
  REQUIRE_FALSE(older);
  CHECK(older.failure().code() == errc::fenced);
  CHECK(older.failure().message() == "jobs/a belongs to the master of epoch 5 now");
  CHECK(take(disk, 5)->put("jobs/a/file", std::string{"x"}));
  CHECK(newer->check());
  CHECK(disk.tree() == std::vector<std::string>{"jobs/", "jobs/a/", "jobs/a/.epoch-5/", "jobs/a/file"});
}

TEST_CASE("files that only look like those of an epoch are left alone") {
  simulated_disk disk;
  REQUIRE(disk.create_folders("jobs/a/.epoch-9x"));
  REQUIRE(disk.create_folders("jobs/a/.epoch-"));
  REQUIRE(disk.create_folders("jobs/a/.epoch-07"));
  REQUIRE(disk.create("jobs/a/.epoch-9", false));
  auto before = disk.tree();
  CHECK(take(disk, 1)->leave());
  CHECK(disk.tree() == before);
  CHECK_FALSE(fenced_folder::is_epoch_name(".epoch-99999999999999999999"));
  CHECK(fenced_folder::is_epoch_name(".epoch-18446744073709551615"));
}

TEST_CASE(
    "a crash at any step of a change leaves the old or the new, and what succeeded stays after a power cut") {
  for (const auto& [name, change] : changes) {
    CAPTURE(name);
    auto old_contents = contents_after([](fenced_folder&) { return result<void>{}; });
    auto new_contents = contents_after(change);
    bool durable = is_durable(name);
    for (fault how : {fault::crash_before, fault::crash_after}) {
      for (std::uint64_t step = 1;; ++step) {
        simulated_disk disk = disk_with_file();
        auto folder = take(disk, 1);
        disk.on_operation = fault_at(disk.operations() + step, how);
        bool succeeded = change(*folder).has_value();
        bool crashed = disk.has_crashed();
        disk.on_operation = {};
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
          CAPTURE(step);
          CAPTURE(seed);
          simulated_disk after{disk};
          if (seed == 0)
            after.restart();
          else
            after.cut_power(seed);
          (void)take(after, 2);
          auto seen = contents(after);
          if (succeeded && durable)
            CHECK(seen == new_contents);
          else
            CHECK((seen == old_contents || seen == new_contents));
        }
        if (!crashed)
          break;
      }
    }
  }
}

TEST_CASE("what an error says of a change is so, whichever step failed") {
  for (const auto& [name, change] : changes) {
    CAPTURE(name);
    auto old_contents = contents_after([](fenced_folder&) { return result<void>{}; });
    auto new_contents = contents_after(change);
    for (fault how : {fault::fail, fault::fail_done}) {
      for (std::uint64_t step = 1;; ++step) {
        CAPTURE(step);
        simulated_disk disk = disk_with_file();
        auto folder = take(disk, 1);
        std::uint64_t due = disk.operations() + step;
        disk.on_operation = fault_at(due, how);
        auto outcome = change(*folder);
        if (disk.operations() < due) {
          CHECK(step > 2);
          break;
        }
        auto seen = contents(disk);
        if (outcome)
          CHECK(seen == new_contents);
        else if (outcome.failure().code() != errc::uncertain)
          CHECK(seen == old_contents);
        // Nothing is in the way of another try.
        REQUIRE(change(*folder));
        disk.cut_power(step);
        (void)take(disk, 2);
        if (is_durable(name))
          CHECK(contents(disk) == new_contents);
      }
    }
  }
}

TEST_CASE("bytes that are read back wrong are not put in place") {
  simulated_disk disk = disk_with_file();
  auto folder = take(disk, 1);
  disk.on_operation = [&](const simulated_disk::operation& now) {
    if (now.what == simulated_disk::action::sync)
      disk.set_content(now.path, "nwe");
    return fault::none;
  };
  auto written = folder->put("jobs/a/file", std::string{"new"});
  REQUIRE_FALSE(written);
  CHECK(written.failure().code() == errc::corrupt);
  CHECK(read(disk, "jobs/a/file") == "old");
}

TEST_CASE(
    "of a master that is replaced in the middle of a change, all has happened before or nothing happens") {
  for (const auto& [name, change] : changes) {
    CAPTURE(name);
    std::uint64_t steps = 0;
    for (std::uint64_t step = 1; step == 1 || step <= steps; ++step) {
      CAPTURE(step);
      simulated_disk disk = disk_with_file();
      auto old_master = take(disk, 1);
      std::uint64_t before = disk.operations();
      bool replaced = false;
      std::vector<std::string> seen;
      std::vector<std::string> tree;
      disk.on_operation = [&](const simulated_disk::operation& now) {
        if (!replaced && now.number == before + step) {
          replaced = true;
          (void)take(disk, 2);
          seen = contents(disk);
          tree = disk.tree();
        }
        return fault::none;
      };
      auto outcome = change(*old_master);
      if (!replaced)
        break;
      steps = std::max(steps, step + 1);
      CHECK(contents(disk) == seen);
      CHECK(disk.tree() == tree);
      if (!outcome)
        CHECK(outcome.failure().code() == errc::fenced);
      auto late = change(*old_master);
      REQUIRE_FALSE(late);
      CHECK(late.failure().code() == errc::fenced);
      CHECK(disk.tree() == tree);
    }
    CHECK(steps > 2);
  }
}

TEST_CASE("a change of the old master at any step of its replacement is seen, or fails") {
  for (const auto& [name, change] : changes) {
    CAPTURE(name);
    bool succeeded = false, failed = false;
    for (std::uint64_t step = 1;; ++step) {
      CAPTURE(step);
      simulated_disk disk = disk_with_file();
      auto old_master = take(disk, 1);
      std::uint64_t before = disk.operations();
      bool changed = false;
      result<void> outcome;
      disk.on_operation = [&](const simulated_disk::operation& now) {
        if (!changed && now.number == before + step) {
          changed = true;
          outcome = change(*old_master);
        }
        return fault::none;
      };
      (void)take(disk, 2);
      if (!changed)
        break;
      (outcome ? succeeded : failed) = true;
      if (!outcome)
        CHECK(outcome.failure().code() == errc::fenced);
      auto expected =
          outcome ? contents_after(change) : contents_after([](fenced_folder&) { return result<void>{}; });
      CHECK(contents(disk) == expected);
      CHECK_FALSE(contains(disk.tree(), "jobs/a/.epoch-1/"));
    }
    CHECK(succeeded);
    CHECK(failed);
  }
}

TEST_CASE("no two masters have the same epoch, and the one with the higher leads") {
  for (std::uint64_t step = 1;; ++step) {
    CAPTURE(step);
    simulated_disk disk;
    REQUIRE(disk.create_folders("ha"));
    taken_folder other;
    std::uint64_t before = disk.operations();
    bool entered = false;
    disk.on_operation = [&](const simulated_disk::operation& now) {
      if (!entered && now.number == before + step) {
        entered = true;
        auto taken = fenced_folder::take_next(disk, "ha");
        REQUIRE_MESSAGE(taken, taken.failure().message());
        other = std::move(*taken);
      }
      return fault::none;
    };
    auto one = fenced_folder::take_next(disk, "ha");
    if (!entered)
      break;
    REQUIRE_MESSAGE(one, one.failure().message());
    CHECK((*one)->epoch() != other->epoch());
    fenced_folder& leader = (*one)->epoch() > other->epoch() ? **one : *other;
    fenced_folder& old = &leader == other.get() ? **one : *other;
    CHECK(leader.mark("ha/file"));
    CHECK_FALSE(old.mark("ha/other"));
    CHECK(old.check().failure().code() == errc::fenced);
  }
}

TEST_CASE("an epoch that a master got never comes again, whenever the power goes") {
  for (std::uint64_t step = 1;; ++step) {
    bool crashed = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CAPTURE(step);
      CAPTURE(seed);
      simulated_disk disk;
      REQUIRE(disk.create_folders("ha"));
      REQUIRE(disk.sync_folder("."));
      for (int i = 0; i < 3; ++i)
        REQUIRE(fenced_folder::take_next(disk, "ha"));
      disk.on_operation = fault_at(disk.operations() + step, fault::crash_after);
      auto fourth = fenced_folder::take_next(disk, "ha");
      crashed = disk.has_crashed();
      disk.on_operation = {};
      disk.cut_power(seed);
      auto next = fenced_folder::take_next(disk, "ha");
      REQUIRE_MESSAGE(next, next.failure().message());
      CHECK((*next)->epoch().value > (fourth ? 4 : 3));
    }
    if (!crashed)
      break;
  }
}

TEST_CASE("it works on the files of the system") {
  testing::temporary_folder top;
  auto files = make_system_files();
  auto old_master = fenced_folder::take_next(*files, top / "ha");
  REQUIRE_MESSAGE(old_master, old_master.failure().message());
  CHECK((*old_master)->put(top / "ha/file", std::string{"one"}));
  CHECK((*old_master)->remove(top / "ha/none"));
  auto new_master = fenced_folder::take_next(*files, top / "ha");
  REQUIRE_MESSAGE(new_master, new_master.failure().message());
  CHECK((*new_master)->epoch().value == 2);
  CHECK((*old_master)->put(top / "ha/file", std::string{"late"}).failure().code() == errc::fenced);
  CHECK((*old_master)->remove(top / "ha/file").failure().code() == errc::fenced);
  CHECK((*new_master)->mark(top / "ha/name"));
  CHECK(testing::read_file(top / "ha/file") == "one");
  CHECK((*new_master)->remove(top / "ha/file"));
  CHECK((*new_master)->leave());
  CHECK(files->list(top / "ha")->size() == 1);
}
