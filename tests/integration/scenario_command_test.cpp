#include "mentions.hpp"
#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

using namespace weir::testing;

namespace {

outcome run_scenarios(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), built_program("weir-scenario"));
  return run(std::move(arguments));
}

/// The folder that a run has kept.
std::filesystem::path kept_folder(const std::string& output) {
  constexpr std::string_view said = "logs and files: ";
  auto begin = output.find(said);
  REQUIRE(begin != std::string::npos);
  begin += said.size();
  return output.substr(begin, output.find('\n', begin) - begin);
}

std::string last_line(const std::string& output) {
  auto without_end = output.substr(0, output.size() - 1);
  return without_end.substr(without_end.rfind('\n') + 1);
}

} // namespace

TEST_CASE("a script with a mistake is refused before anything runs") {
  temporary_folder folder;
  auto good = folder.write("good.scn", "start master\n"), bad = folder.write("bad.scn", "\nstart 3 worms\n");
  auto done = run_scenarios({good, bad});
  CHECK(done.end == exit_state{2, 0});
  CHECK(mentions(done.errors, {bad + ":2: expected 'workers', 'worker', found 'worms'"}));
  CHECK(done.output == "");
  CHECK(run_scenarios({folder / "none.scn"}).end == exit_state{2, 0});
}

TEST_CASE("a scenario that fails shows its line, what was done and where the logs are") {
  temporary_folder folder;
  auto script = folder.write("fails.scn", "start master\n"
                                          "start 1 worker\n"
                                          "kill worker 1\n"
                                          "wait 50 ms for 2 workers # there never are\n");
  auto passes = folder.write("passes.scn", "start master\n");
  auto done = run_scenarios({"--seed", "7", script, passes});
  CHECK(done.end == exit_state{1, 0});
  CHECK(mentions(done.output, {"FAILED " + script, "seed 7", script + ":4: wait 50 ms for 2 workers: ",
                               "line 3    kill worker 1: done", "passed " + passes}));
  CHECK(last_line(done.output) == "1 passed, 1 failed");
  auto kept = kept_folder(done.output);
  CHECK(read_file(kept / "worker-1.log").find("registered") != std::string::npos);
  std::filesystem::remove_all(kept);
}

TEST_CASE("chance is the same with the same seed") {
  temporary_folder folder;
  auto script = folder.write("chance.scn", "repeat 5 {\n"
                                           "choose n from 1 to 1000000\n"
                                           "choose word from a b c\n"
                                           "}\n");
  auto values = [&](const std::string& seed) {
    auto done = run_scenarios({"--verbose", "--seed", seed, script});
    std::string all;
    for (std::size_t at = 0; (at = done.output.find('$', at)) != std::string::npos; ++at)
      all += done.output.substr(at, done.output.find('\n', at) - at);
    return all;
  };
  CHECK(values("1") == values("1"));
  CHECK(values("1") != values("2"));
}

TEST_CASE("a variable has the value of the command line instead of the script's") {
  temporary_folder folder;
  auto script = folder.write("set.scn", "let a = 1\n"
                                        "let b = $a\n"
                                        "write $b to $folder/of-$a\n"
                                        "expect file $folder/of-2\n");
  auto plain = folder.write("plain.scn", "pass 1 ms\n");
  CHECK(last_line(run_scenarios({"--set", "a=2", script, plain}).output) == "2 passed, 0 failed");
  auto unknown = run_scenarios({"--set", "c=2", script});
  CHECK(unknown.end == exit_state{2, 0});
  CHECK(mentions(unknown.errors, {"--set c=2: there is no 'let c' to stand for"}));
  CHECK(run_scenarios({"--set", "a", script}).end == exit_state{2, 0});
}

TEST_CASE("a block of a choice is done, and a block for a time until that is over") {
  temporary_folder folder;
  auto script = folder.write("blocks.scn", "choose {\n"
                                           "  write 1 to $folder/one\n"
                                           "} or {\n"
                                           "  write 2 to $folder/other\n"
                                           "}\n"
                                           "expect file $folder/o*\n"
                                           "repeat for 20 ms {\n"
                                           "  write $round to $folder/round-$round\n"
                                           "  pass 15 ms\n"
                                           "}\n"
                                           "expect file $folder/round-1\n"
                                           "expect no file $folder/round-3\n");
  CHECK(last_line(run_scenarios({script}).output) == "1 passed, 0 failed");
}

TEST_CASE("a signal ends the scenario with its nodes") {
  temporary_folder folder;
  auto script = folder.write("long.scn", "start master\npass 5 min\n");
  process program{{built_program("weir-scenario"), "--verbose", script}};
  program.wait_for_line("master serves");
  program.signal(SIGTERM);
  CHECK(program.wait() == exit_state{1, 0});
  CHECK(mentions(program.output(), {script + ":2: pass 5 min: interrupted", "0 passed, 1 failed"}));
  std::filesystem::remove_all(kept_folder(program.output()));
}
