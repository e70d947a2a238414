#include "script_parser.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace weir::scenario;

namespace {

script parsed(std::string_view text) {
  auto read = parse_script("a.scn", text);
  REQUIRE_MESSAGE(read, (read ? "" : read.failure().message()));
  return *read;
}

template <class T>
T only(std::string_view text) {
  auto read = parsed(text);
  REQUIRE(read.statements.size() == 1);
  REQUIRE(std::holds_alternative<T>(read.statements[0].what));
  return std::get<T>(read.statements[0].what);
}

template <class T>
T waited_for(std::string_view text) {
  auto read = only<wait_for>("wait 10 s for " + std::string{text});
  REQUIRE(std::holds_alternative<T>(read.until));
  return std::get<T>(read.until);
}

std::string mistake(std::string_view text) {
  auto read = parse_script("a.scn", text);
  return read ? "none" : read.failure().message();
}

} // namespace

TEST_CASE("nodes are started with a number and their slots") {
  only<start_master>("start master");
  CHECK(only<start_workers>("start 3 workers with 2 slots").count.written() == "3");
  CHECK(only<start_workers>("start 3 workers with 2 slots").slots.written() == "2");
  CHECK(only<start_workers>("start 1 worker").slots.written() == "1");
}

TEST_CASE("a job has arguments, and options behind 'with'") {
  auto job = only<run_job>("run exactly_once --keys=5 \"with\" with -p 4");
  CHECK(job.library.written() == "exactly_once");
  REQUIRE(job.arguments.size() == 2);
  CHECK(job.arguments[1].written() == "with");
  REQUIRE(job.options.size() == 2);
  CHECK(job.options[0].written() == "-p");
}

TEST_CASE("settings and variables take the rest of their line") {
  CHECK(only<set_setting>("set heartbeat.timeout = 2 s").key == "heartbeat.timeout");
  CHECK(only<set_setting>("set heartbeat.timeout = 2 s").value.written() == "2 s");
  CHECK(only<let_variable>("let text = a b").value.written() == "a b");
}

TEST_CASE("a choice is one of some values or of a range of numbers") {
  CHECK(only<choose_value>("choose n from 1 5 9").of.size() == 3);
  CHECK(only<choose_number>("choose n from 1 to 9").to.written() == "9");
}

TEST_CASE("a block is repeated, and knows its round") {
  auto block = only<repeat_block>("repeat 3 {\n  kill worker $round\n  repeat 2 {\n  }\n}");
  CHECK(block.times.written() == "3");
  REQUIRE(block.body.size() == 2);
  CHECK(block.body[0].line == 2);
  CHECK(block.body[0].text == "kill worker $round");
  CHECK(mistake("repeat 1 {\n}\nkill worker $round") ==
        "a.scn:3: there is no variable $round here; 'let round = ...' gives it a value");
}

TEST_CASE("a block can be repeated for a time") {
  auto block = only<repeat_for>("repeat for 2 min {\n  kill worker $round\n}");
  CHECK(block.span.amount.written() == "2");
  CHECK(block.span.unit_ms == 60'000);
  CHECK(block.body.size() == 1);
}

TEST_CASE("one of some blocks is chosen") {
  auto block = only<choose_block>("choose {\n"
                                  "  kill worker 1\n"
                                  "} or {\n"
                                  "  repeat 2 {\n"
                                  "    pass 1 s\n"
                                  "  }\n"
                                  "} or {\n"
                                  "}");
  REQUIRE(block.of.size() == 3);
  REQUIRE(block.of[1].size() == 1);
  CHECK(block.of[1][0].line == 4);
  CHECK(std::holds_alternative<repeat_block>(block.of[1][0].what));
  CHECK(block.of[2].empty());
}

TEST_CASE("what one of the blocks names is not known behind them, nor in another one") {
  auto unknown = "there is no variable $a here; 'let a = ...' gives it a value";
  CHECK(mistake("choose {\nlet a = 1\n} or {\nkill worker $a\n}") == "a.scn:4: " + std::string{unknown});
  CHECK(mistake("choose {\nlet a = 1\n} or {\nlet a = 2\n}\nkill worker $a") ==
        "a.scn:6: " + std::string{unknown});
  CHECK(mistake("let a = 0\nchoose {\nlet a = 1\n} or {\n}\nkill worker $a") == "none");
}

TEST_CASE("each condition is read with its values") {
  CHECK(waited_for<job_is>("job RUNNING").state.written() == "RUNNING");
  CHECK(waited_for<all_tasks_are>("all tasks FINISHED").state.written() == "FINISHED");
  CHECK(waited_for<more_checkpoints>("3 more checkpoints").count.written() == "3");
  CHECK(waited_for<checkpoint_reached>("checkpoint 7").id.written() == "7");
  CHECK(waited_for<restarts_reached>("2 restarts").count.written() == "2");
  CHECK(waited_for<more_restarts>("1 more restart").count.written() == "1");
  waited_for<never_restarted>("no restarts");
  CHECK(waited_for<rename_held>("rename held on worker 2").on.number.written() == "2");
  CHECK(waited_for<memory_below>("memory of worker 2 below 100 MiB").mebibytes.written() == "100");
  waited_for<checkpoint_under_way>("checkpoint under way");
  CHECK(waited_for<workers_registered>("2 workers").count.written() == "2");
  CHECK(waited_for<records_written>("100 records in $folder/out").folder.written() == "$folder/out");
  CHECK(waited_for<cause_says>("cause of all evil").text.written() == "of all evil");
  CHECK(waited_for<exactly_once>("exactly once 9 records of 3 keys in out").keys.written() == "3");
  CHECK(waited_for<money_kept>("exactly once 9 transfers of 3 accounts in out").accounts.written() == "3");
  CHECK(waited_for<file_is_there>("file $folder/a*").path.written() == "$folder/a*");
  CHECK(waited_for<file_is_there>("no file a").never);
  CHECK(waited_for<no_orphans>("no orphans in a b").folders.size() == 2);
  auto log = waited_for<log_says>("log of worker 2 went away");
  CHECK(log.node.number.written() == "2");
  CHECK(log.text.written() == "went away");
  CHECK(!log.never);
  CHECK(waited_for<log_says>("no log of master x").never);
}

TEST_CASE("nodes, links and files are broken as the verb says") {
  CHECK(only<break_node>("pause worker 1").how == node_fault::pause);
  CHECK(only<break_node>("continue worker 1").how == node_fault::resume);
  CHECK(only<break_node>("kill master").which.is_master);
  auto link = only<break_link>("slow worker 1 > master by 50 ms");
  CHECK(link.one_way);
  CHECK(link.to.is_master);
  CHECK(link.delay.unit_ms == 1);
  CHECK(!only<break_link>("cut worker 1 - worker 2").one_way);
  only<heal_all_links>("heal all");
  CHECK(only<break_disk>("disk of worker 2 full").how == disk_fault::full);
  CHECK(only<break_disk>("disk of master slow by 5 ms").delay.amount.written() == "5");
  CHECK(only<break_disk>("disk of worker 2 refuses part-*").names.written() == "part-*");
  CHECK(only<break_disk>("disk of worker 2 holds part-*").how == disk_fault::holds);
  CHECK(only<write_file>("write \"a b\" to $folder/c").text.written() == "a b");
  CHECK(only<break_file>("truncate $metadata to 10").position.written() == "10");
  CHECK(only<break_file>("corrupt a at 3").how == file_fault::corrupt);
  CHECK(only<break_file>("delete a").how == file_fault::remove);
}

TEST_CASE("a script that lets a disk fail is known, also when it does so in a block") {
  CHECK(breaks_disks(parsed("repeat 2 {\ndisk of worker 1 torn\n}").statements));
  CHECK(breaks_disks(parsed("repeat for 2 s {\nchoose {\n} or {\ndisk of worker 1 torn\n}\n}").statements));
  CHECK(!breaks_disks(parsed("repeat 2 {\nkill worker 1\n}").statements));
  CHECK(breaks_files(parsed("repeat 2 {\ndelete a\n}").statements));
  CHECK(!breaks_files(parsed("write a to b").statements));
  CHECK(looks_at_logs(parsed("repeat 2 {\nwait 1 s for log of master a\n}").statements));
  CHECK(looks_at_logs(parsed("expect no log of master a").statements));
  CHECK(!looks_at_logs(parsed("expect no file a").statements));
}

TEST_CASE("it is known which variables a script lets") {
  auto read = parsed("choose {\nlet a = 1\n} or {\nchoose b from 1 2\n}");
  CHECK(lets(read.statements, "a"));
  CHECK(!lets(read.statements, "b"));
}

TEST_CASE("a mistake is told with its place, what was expected and what was found") {
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"start master\nstart x workers", "a.scn:2: expected 'master' or a number of workers, found 'x'"},
      {"start 3 worms", "a.scn:1: expected 'workers', 'worker', found 'worms'"},
      {"kill", "a.scn:1: expected 'master' or 'worker', found the end of the line"},
      {"kill worker 1 2", "a.scn:1: expected the end of the line, found '2'"},
      {"wait 10 for job RUNNING", "a.scn:1: expected 'ms', 's', 'min', found 'for'"},
      {"wait 10 s for job WALKING",
       "a.scn:1: 'WALKING' is no state; states are written as RUNNING or FINISHED"},
      {"kill worker $which", "a.scn:1: there is no variable $which here; 'let which = ...' gives it a value"},
      {"let folder = /tmp", "a.scn:1: $folder has a meaning of its own: take another name"},
      {"let a-b = 1", "a.scn:1: expected the name of a variable, found 'a-b'"},
      {"repeat 2 {\nkill master", "a.scn:1: a '}' is missing for this '{'"},
      {"repeat 2 {\n} or {\n}", "a.scn:2: expected the end of the line, found 'or'"},
      {"choose {\n} or\n}", "a.scn:2: expected '{', found the end of the line"},
      {"repeat for 2 {\n}", "a.scn:1: expected 'ms', 's', 'min', found '{'"},
      {"expect 1 more restart",
       "a.scn:1: 'more restarts' can only be waited for; 'N restarts' can be expected"},
      {"}", "a.scn:1: there is no '{' for this '}'"},
      {"disk of worker 1 broken",
       "a.scn:1: expected 'full', 'torn', 'unsynced', 'slow', 'refuses', 'holds', 'well', found 'broken'"},
      {"cut worker 1 + worker 2", "a.scn:1: expected '-', '>', found '+'"},
      {"expect 3 more checkpoints",
       "a.scn:1: 'more checkpoints' can only be waited for; 'checkpoint N' can be expected"},
  };
  for (const auto& [text, said] : mistakes) {
    CAPTURE(text);
    CHECK(mistake(text) == said);
  }
  CHECK(mistake("explode").starts_with("a.scn:1: 'explode' is no statement; there are set, let"));
}
