#include "part_sink.hpp"

#include "simulation/simulated_disk.hpp"

#include <weir/detail/two_phase_commit.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::testing;
using weir::simulation::simulated_disk;

namespace {

using names = std::vector<std::string>;

/// What stands in the output folder.
names in(const simulated_disk& disk, const std::string& folder = "out") {
  names found;
  for (const std::string& path : disk.tree())
    if (path.starts_with(folder + '/') && path.size() > folder.size() + 1)
      found.push_back(path.substr(folder.size() + 1));
  return found;
}

} // namespace

TEST_CASE("a part shows when a checkpoint that has its lines is complete") {
  simulated_disk disk;
  auto sink = opened(disk, {});
  CHECK(in(disk) == names{".pending-job-0-1/"});
  sink->write({1, 2});
  (void)sink->pass_barrier(1);
  CHECK(in(disk) == names{".pending-job-0-1/", ".pending-job-0-1/.part-0-0"});
  sink->write({3});
  sink->complete(1);
  CHECK(in(disk) == names{".pending-job-0-1/", ".pending-job-0-1/.part-0-1", "part-0-0"});
  CHECK(disk.content("out/part-0-0") == "1\n2\n");
  sink->end();
  (void)sink->pass_barrier(2);
  sink->complete(2);
  CHECK(sink->committed());
  sink->close();
  CHECK(in(disk) == names{"part-0-0", "part-0-1"});
  CHECK(disk.content("out/part-0-1") == "3\n");
}

TEST_CASE("a checkpoint without lines makes no part") {
  simulated_disk disk;
  auto sink = opened(disk, {});
  (void)sink->pass_barrier(1);
  sink->complete(1);
  sink->close();
  CHECK(in(disk) == names{});
}

TEST_CASE("a sink that goes on commits what the snapshot lists, removes the rest, and numbers on") {
  simulated_disk disk;
  auto before = opened(disk, {});
  before->write({1});
  (void)before->pass_barrier(1);
  before->complete(1);
  before->write({2});
  auto snapshot = before->pass_barrier(2);
  before->write({3});
  (void)before->pass_barrier(3);
  before->write({4});
  auto after = opened(disk, {.attempt = 2}, snapshot);
  CHECK(in(disk) == names{".pending-job-0-2/", "part-0-0", "part-0-1"});
  CHECK(disk.content("out/part-0-1") == "2\n");
  after->write({33});
  (void)after->pass_barrier(4);
  after->complete(4);
  CHECK(disk.content("out/part-0-2") == "33\n");
  SUBCASE("and the one before can do nothing any more") {
    CHECK_THROWS_AS((void)before->pass_barrier(4), std::runtime_error);
    CHECK_THROWS_WITH_AS(before->complete(4), doctest::Contains("transaction lost"), std::runtime_error);
    before->close();
    CHECK(in(disk) == names{".pending-job-0-2/", "part-0-0", "part-0-1", "part-0-2"});
  }
}

TEST_CASE("what was committed before is known again by its length and checksum") {
  simulated_disk disk;
  auto before = opened(disk, {});
  before->write({1, 2});
  auto snapshot = before->pass_barrier(1);
  before->complete(1);
  SUBCASE("as it is") {
    CHECK_NOTHROW(opened(disk, {.attempt = 2}, snapshot));
    CHECK(disk.content("out/part-0-0") == "1\n2\n");
  }
  SUBCASE("not with other bytes") {
    disk.set_content("out/part-0-0", "1\n3\n");
    CHECK_THROWS_WITH_AS(opened(disk, {.attempt = 2}, snapshot), doctest::Contains("transaction lost"),
                         std::runtime_error);
  }
  SUBCASE("not when it is gone") {
    REQUIRE(disk.remove("out/part-0-0"));
    CHECK_THROWS_WITH_AS(
        opened(disk, {.attempt = 2}, snapshot),
        doctest::Contains("transaction lost: neither out/.fenced-job-0-1/.part-0-0 is there, "
                          "nor out/part-0-0 with its 4 bytes"),
        std::runtime_error);
  }
}

TEST_CASE("a prepared part that has lost bytes is not committed") {
  simulated_disk disk;
  auto sink = opened(disk, {});
  sink->write({1, 2});
  (void)sink->pass_barrier(1);
  disk.set_content("out/.pending-job-0-1/.part-0-0", "1\n");
  CHECK_THROWS_WITH_AS(sink->complete(1), doctest::Contains("has 2 bytes, and had 4 when it was prepared"),
                       std::runtime_error);
}

TEST_CASE("at another parallelism what all subtasks prepared is committed, and what all left is removed") {
  for (std::uint32_t before : {1, 2, 3, 5})
    for (std::uint32_t after : {1, 2, 3, 4}) {
      CAPTURE(before);
      CAPTURE(after);
      simulated_disk disk;
      element_snapshot snapshot;
      std::vector<std::unique_ptr<part_sink>> sinks;
      for (std::uint32_t s = 0; s < before; ++s) {
        sinks.push_back(opened(disk, {.subtask = s, .parallelism = before}));
        sinks.back()->write({s});
        sinks.back()->pass_barrier(1, snapshot);
        sinks.back()->write({100 + s});
        (void)sinks.back()->pass_barrier(2);
      }
      std::vector<std::unique_ptr<part_sink>> later;
      for (std::uint32_t s = after; s-- > 0;)
        later.push_back(opened(disk, {.subtask = s, .parallelism = after, .attempt = 2}, snapshot));
      for (std::uint32_t s = 0; s < before; ++s)
        CHECK(disk.content("out/part-" + std::to_string(s) + "-0") == std::to_string(s) + "\n");
      for (auto& each : later)
        each->close();
      CHECK(in(disk).size() == before);
    }
}

TEST_CASE("a job that goes on from another's snapshot goes on in its folder") {
  simulated_disk disk;
  auto before = opened(disk, {.job = "first"});
  before->write({1});
  auto snapshot = before->pass_barrier(1);
  before->write({2});
  (void)before->pass_barrier(2);
  SUBCASE("the same one") {
    auto after = opened(disk, {.job = "second"}, snapshot);
    CHECK(in(disk) == names{".pending-second-0-1/", "part-0-0"});
    after->write({2});
    auto later = after->pass_barrier(1);
    after->complete(1);
    CHECK(disk.content("out/part-0-1") == "2\n");
    CHECK_NOTHROW(opened(disk, {.attempt = 2, .job = "second"}, later));
  }
  SUBCASE("or begins another one, and leaves nothing behind in the first") {
    auto after = opened(disk, {.job = "second"}, snapshot, "other");
    CHECK(in(disk) == names{"part-0-0"});
    CHECK(in(disk, "other") == names{".pending-second-0-1/"});
  }
  SUBCASE("which a job that begins anew may not do") {
    before->complete(1);
    CHECK_THROWS_WITH_AS(opened(disk, {.job = "second"}), doctest::Contains("holds results already"),
                         std::runtime_error);
  }
}

TEST_CASE("two jobs that write to one folder with checkpoints do not mix their parts") {
  simulated_disk disk;
  auto mine = opened(disk, {.job = "mine"}), theirs = opened(disk, {.job = "theirs"});
  for (auto* each : {&mine, &theirs}) {
    (*each)->write({1});
    (void)(*each)->pass_barrier(1);
  }
  mine->complete(1);
  CHECK_THROWS_WITH_AS(theirs->complete(1), doctest::Contains("another job writes to this folder"),
                       std::runtime_error);
}

TEST_CASE("two sinks of a job that write to one folder are told so") {
  simulated_disk disk;
  auto first = opened(disk, {}), second = opened(disk, {});
  first->write({1});
  CHECK_THROWS_WITH_AS(second->write({2}), doctest::Contains("two sinks of the job write to out"),
                       std::runtime_error);
}

TEST_CASE("without checkpoints a job that is run again replaces its part") {
  simulated_disk disk;
  manual_context::who of{.checkpoints = false};
  auto before = opened(disk, of);
  before->write({1});
  before->end();
  before->close();
  CHECK(disk.content("out/part-0-0") == "1\n");
  of.attempt = 2;
  auto after = opened(disk, of);
  after->write({1, 2});
  after->end();
  after->close();
  CHECK(disk.content("out/part-0-0") == "1\n2\n");
  CHECK(in(disk) == names{".job-job", "part-0-0"});
}

TEST_CASE("without checkpoints a job that goes on from a snapshot leaves the parts that are there") {
  simulated_disk disk;
  auto before = opened(disk, {});
  before->write({1});
  auto snapshot = before->pass_barrier(1);
  before->complete(1);
  auto after = opened(disk, {.attempt = 2, .checkpoints = false}, snapshot);
  after->write({2});
  after->end();
  CHECK(disk.content("out/part-0-0") == "1\n");
  CHECK(disk.content("out/part-0-1") == "2\n");
}

namespace {

/// A sink has 1 committed with checkpoint 1 and 2 prepared for checkpoint 2; 3 is being written.
struct unreadable_checkpoint {
  unreadable_checkpoint() {
    before->write({1});
    older = before->pass_barrier(1);
    before->complete(1);
    before->write({2});
    newest = before->pass_barrier(2);
    before->write({3});
  }
  std::unique_ptr<part_sink> go_back(std::uint64_t attempt = 2) {
    return opened(disk, {.attempt = attempt, .goes_back = true}, older);
  }

  simulated_disk disk;
  std::unique_ptr<part_sink> before = opened(disk, {});
  element_snapshot older, newest;
};

} // namespace

TEST_CASE_FIXTURE(unreadable_checkpoint,
                  "a sink goes back behind a checkpoint of which it has committed nothing") {
  auto after = go_back();
  after->write({22});
  (void)after->pass_barrier(3);
  CHECK(in(disk) == names{".fenced-job-0-1/", ".fenced-job-0-1/.part-0-1", ".fenced-job-0-1/.part-0-2",
                          ".pending-job-0-2/", ".pending-job-0-2/.part-0-1", "part-0-0"});
  after->complete(3);
  CHECK(in(disk) == names{".pending-job-0-2/", "part-0-0", "part-0-1"});
  CHECK(disk.content("out/part-0-1") == "22\n");
}

TEST_CASE_FIXTURE(unreadable_checkpoint,
                  "what a sink that goes back has found prepared is committed if the job does not go back") {
  auto back = go_back();
  back->close();
  auto again = go_back(3);
  auto after = opened(disk, {.attempt = 4}, newest);
  CHECK(in(disk) == names{".pending-job-0-4/", "part-0-0", "part-0-1"});
  CHECK(disk.content("out/part-0-1") == "2\n");
}

TEST_CASE_FIXTURE(unreadable_checkpoint, "a sink does not go back behind a part that it has committed") {
  before->complete(2);
  SUBCASE("and is there") {
    CHECK_THROWS_WITH_AS(go_back(), "out/part-0-1 is committed", detail::cannot_go_back);
  }
  SUBCASE("and was taken away") {
    REQUIRE(disk.remove("out/part-0-1"));
    CHECK_THROWS_WITH_AS(go_back(), "out/part-0-1 was committed", detail::cannot_go_back);
  }
  SUBCASE("also by an attempt in between") {
    opened(disk, {.attempt = 2}, newest)->close();
    CHECK_THROWS_WITH_AS(go_back(3), "out/part-0-1 is committed", detail::cannot_go_back);
  }
}

TEST_CASE("parts of other subtasks do not keep a sink from going back") {
  simulated_disk disk;
  element_snapshot older;
  auto first = opened(disk, {.subtask = 0, .parallelism = 2});
  auto second = opened(disk, {.subtask = 1, .parallelism = 2});
  first->pass_barrier(1, older);
  second->write({1});
  second->pass_barrier(1, older);
  first->complete(1);
  second->complete(1);
  first->write({2});
  (void)first->pass_barrier(2);
  first->complete(2);
  CHECK_NOTHROW(opened(disk, {.subtask = 1, .parallelism = 2, .attempt = 2, .goes_back = true}, older));
  CHECK_THROWS_WITH_AS(opened(disk, {.subtask = 0, .parallelism = 2, .attempt = 2, .goes_back = true}, older),
                       "out/part-0-0 is committed", detail::cannot_go_back);
}

TEST_CASE("a job that is canceled leaves nothing that is not committed") {
  simulated_disk disk;
  auto sink = opened(disk, {});
  sink->write({1});
  (void)sink->pass_barrier(1);
  sink->write({2});
  sink->discard();
  sink->close();
  CHECK(in(disk) == names{});
}

TEST_CASE("an attempt that fails leaves what is prepared to the next one, and nothing else") {
  simulated_disk disk;
  auto sink = opened(disk, {});
  sink->write({1});
  (void)sink->pass_barrier(1);
  sink->write({2});
  sink->close();
  CHECK(in(disk) == names{".pending-job-0-1/", ".pending-job-0-1/.part-0-0"});
}

TEST_CASE("an attempt that comes too late says so, and leaves nothing") {
  simulated_disk disk;
  auto later = opened(disk, {.attempt = 5});
  CHECK_THROWS_WITH_AS(opened(disk, {.attempt = 4}),
                       doctest::Contains("a later attempt of this subtask writes to out"),
                       std::runtime_error);
  CHECK(in(disk) == names{".pending-job-0-5/"});
}

TEST_CASE("a number that an operator's choice has used already is passed over") {
  simulated_disk disk;
  auto before = opened(disk, {});
  element_snapshot old = before->pass_barrier(1);
  before->write({1});
  (void)before->pass_barrier(2);
  before->complete(2);
  auto after = opened(disk, {.attempt = 2}, old); // from an older checkpoint than the newest
  after->write({1});
  (void)after->pass_barrier(3);
  after->complete(3);
  CHECK(in(disk) == names{".pending-job-0-2/", "part-0-0", "part-0-1"});
}
