#include "script_play.hpp"

#include "base/log.hpp"
#include "script_parser.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace weir;
using namespace weir::simulation;

namespace {

const std::string cluster = "start master\n"
                            "start 2 workers with 2 slots\n";

/// Two seconds of a job.
const std::string job =
    "run exactly_once --records=2000 --keys=20 --rate=1000 --output=$folder/out with -p 2\n";

const std::string ends_well = "wait 60 s for job FINISHED\n"
                              "expect exactly once 2000 records of 20 keys in $folder/out\n"
                              "wait 10 s for no orphans in $folder/out $checkpoints\n";

script_outcome outcome_of(const std::string& text, std::uint64_t seed = 1) {
  auto script = scenario::parse_script("s.scn", text);
  REQUIRE(script);
  log::set_level("off");
  return play({.what = *script, .seed = seed, .variables = {}});
}

/// What is wrong in the first of some runs that fails; empty: none does.
std::string failure_of(const std::string& text) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    if (auto seen = outcome_of(text, seed); !seen.done)
      return "seed " + std::to_string(seed) + ": " + seen.done.failure().message();
  return "";
}

} // namespace

TEST_CASE("a script is a function of its seed, step by step") {
  std::string text = cluster + job + "wait 10 s for 2 more checkpoints\nrestart worker 1\n" + ends_well;
  auto first = outcome_of(text, 1), again = outcome_of(text, 1), other = outcome_of(text, 2);
  CHECK(first.done);
  CHECK(first.steps == again.steps);
  CHECK(first.trace == again.trace);
  CHECK(first.trace != other.trace);
}

TEST_CASE("the statement that fails is named") {
  auto seen = outcome_of(cluster + job +
                         "wait 60 s for job FINISHED\nexpect exactly once 2001 records of 20 keys "
                         "in $folder/out\n");
  REQUIRE_FALSE(seen.done);
  CHECK(seen.done.failure().message().starts_with("s.scn:5: expect exactly once 2001 records"));
  CHECK(seen.done.failure().message().ends_with("1 numbers are missing"));
  CHECK_FALSE(outcome_of("start 1 worker with 1 slot\n").done);
  CHECK_FALSE(outcome_of("pass 1 s\nexpect 0 workers\n").done);
  CHECK_FALSE(outcome_of("run exactly_once\n").done);
  CHECK_FALSE(outcome_of("set heartbeat.timeout = soon\nstart master\n").done);
  CHECK_FALSE(outcome_of(cluster + "kill worker 1\nkill worker 1\n").done);
  CHECK_FALSE(outcome_of(cluster + "run exactly_once --records=many\n").done);
}

TEST_CASE("nodes end, come back and are missed meanwhile") {
  CHECK(failure_of(cluster +
                   "kill worker 1\nwait 10 s for 1 worker\nrestart worker 1\nwait 10 s for 2 workers\n"
                   "stop worker 2\nwait 10 s for 1 worker\n"
                   "pause worker 1\nwait 10 s for 0 workers\ncontinue worker 1\nwait 10 s for 1 worker\n"
                   "stop master\nrestart master\nwait 10 s for 1 worker\n") == "");
}

TEST_CASE("what is sent over a cut link arrives when it is mended") {
  CHECK(failure_of("set heartbeat.timeout = 60 s\n" + cluster + job +
                   "wait 10 s for 2 more checkpoints\n"
                   "cut worker 1 - worker 2\ncut worker 1 > master\npass 10 s\nexpect job RUNNING\n"
                   "heal all\n" +
                   ends_well + "expect no restarts\n") == "");
}

TEST_CASE(
    "a link that is cut in one direction lets a worker be missed, and one that is mended brings it back") {
  CHECK(failure_of(cluster +
                   "cut worker 1 > master\nwait 10 s for 1 worker\nheal worker 1 > master\n"
                   "wait 20 s for 2 workers\ncut master > worker 2\nwait 10 s for 1 worker\nheal all\n"
                   "wait 20 s for 2 workers\n") == "");
}

TEST_CASE("over a slow link a checkpoint takes longer") {
  std::string checkpoint =
      "run exactly_once --records=20000 --keys=20 --rate=1000 --output=$folder/out with -p 4\n"
      "wait 60 s for 1 more checkpoint\n";
  double usual = outcome_of(cluster + checkpoint).seconds;
  double slow = outcome_of(cluster + "slow worker 1 - master by 2 s\n" + checkpoint).seconds;
  CHECK(usual < 1);
  CHECK(slow > 2);
}

TEST_CASE("a disk that holds a file stops a worker in the midst of a commit, and the others go on") {
  CHECK(failure_of(cluster + job +
                   "wait 10 s for 2 more checkpoints\n"
                   "disk of worker 1 holds part-*\nwait 10 s for rename held on worker 1\npass 500 ms\n"
                   "expect job RUNNING\nexpect 2 workers\ndisk of worker 1 well\n"
                   "expect no restarts\n" +
                   ends_well) == "");
  CHECK(failure_of(cluster + job +
                   "wait 10 s for 2 more checkpoints\n"
                   "disk of worker 1 holds part-*\nwait 10 s for rename held on worker 1\nkill worker 1\n"
                   "disk of worker 1 well\nrestart worker 1\n" +
                   ends_well + "expect 1 restart\n") == "");
}

TEST_CASE("a slow disk takes its time for each change") {
  std::string text = "set execution.checkpointing.timeout = 60 s\n" + cluster + job +
                     "wait 10 s for 1 more checkpoint\n$DISK\nwait 60 s for 1 more checkpoint\n"
                     "disk of master well\n" +
                     ends_well;
  auto with = [&](const std::string& disk) {
    std::string copy = text;
    return outcome_of(copy.replace(copy.find("$DISK"), 5, disk));
  };
  auto usual = with("disk of master well"), slow = with("disk of master slow by 2 s");
  CHECK(usual.done);
  CHECK(slow.done);
  CHECK(slow.seconds > usual.seconds + 2);
}

TEST_CASE("disks that fail let jobs fail, which go on when they are well") {
  for (const char* fault : {"full", "torn", "unsynced", "refuses part-*"})
    CHECK(failure_of("set execution.checkpointing.tolerable-failed-checkpoints = 1000\n" + cluster + job +
                     "wait 10 s for 1 more checkpoint\ndisk of worker 1 " + fault +
                     "\npass 1 s\ndisk of worker 1 well\n" + ends_well) == "");
  CHECK(
      failure_of(cluster + job +
                 "wait 10 s for 1 more checkpoint\ndisk of worker 1 refuses part-*\nwait 30 s for 1 restart\n"
                 "expect cause part-\ndisk of worker 1 well\n" +
                 ends_well) == "");
}

TEST_CASE("user code throws, hangs and takes its time in the world of the simulation") {
  std::string faulty =
      "run faulty_counts --records=2000 --keys=20 --output=$folder/out --marks=$folder/marks ";
  CHECK(failure_of(cluster + faulty + "--rate=1000 --throw-at=700 --times=2 with -p 2\n" + ends_well +
                   "expect 2 restarts\nexpect file $folder/marks/2\nexpect no file $folder/marks/3\n") == "");
  CHECK(failure_of("set task.cancellation.timeout = 1 s\nset execution.checkpointing.timeout = 1 s\n" +
                   cluster + "start 1 worker with 2 slots\n" + faulty +
                   "--rate=1000 --hang-at=700 with -p 2\n" + "wait 30 s for 1 restart\n" + ends_well +
                   "wait 10 s for 2 workers\n") == "");
  auto slow = outcome_of(cluster + faulty +
                         "--giving-us=10000 --hurry=$folder/hurry with -p 2\n"
                         "pass 5 s\nexpect job RUNNING\nwrite now to $folder/hurry\n" +
                         ends_well);
  CHECK(slow.done);
  CHECK(slow.seconds > 5);
  CHECK(slow.seconds < 10); // instead of the ten seconds that two subtasks need for 10 ms a record
}

TEST_CASE("each node has its own log, over restarts, whatever the level of logging is") {
  std::string lost = cluster + "kill worker 1\nwait 10 s for log of master \"worker lost\"\n"
                               "expect no log of worker 2 \"worker lost\"\n";
  CHECK(failure_of(lost + "restart master\nwait 10 s for 1 worker\nexpect log of master \"worker lost\"\n") ==
        "");
  auto seen = outcome_of(lost + "expect log of worker 2 \"worker lost\"\n");
  REQUIRE_FALSE(seen.done);
  CHECK(seen.done.failure().message().ends_with("the log of worker 2 does not have 'worker lost'"));
  CHECK_FALSE(log::writes(log::level::error));
}

TEST_CASE("files of checkpoints can be broken and mended") {
  CHECK(failure_of("set restart-strategy.fixed-delay.delay = 500 ms\n" + cluster +
                   "run exactly_once --records=2000 --keys=20 --rate=1000 --output=$folder/out with -p 4\n"
                   "wait 10 s for 2 more checkpoints\nkill worker 1\nwait 30 s for job RESTARTING\n"
                   "let newest = $checkpoint\ncorrupt $newest/v1-* at 20\nrestart worker 1\n"
                   "wait 30 s for cause $newest/v1-\n"
                   "corrupt $newest/v1-* at 20\n" +
                   ends_well) == "");
}
