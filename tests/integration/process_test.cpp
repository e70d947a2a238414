#include "process.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <system_error>

using namespace weir::testing;

namespace {

process shell(const std::string& script) {
  return process{{"/bin/sh", "-c", script}};
}

bool alive(pid_t id) {
  return std::filesystem::exists("/proc/" + std::to_string(id)) && ::kill(id, 0) == 0 &&
         resident_memory(id) > 0;
}

} // namespace

TEST_CASE("a program that ran to its end leaves its status and both outputs") {
  outcome done = run({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"});
  CHECK(done.end == exit_state{3, 0});
  CHECK_FALSE(done.succeeded());
  CHECK(done.output == "out\n");
  CHECK(done.errors == "err\n");
}

TEST_CASE("a program gets the environment it is given in addition to the test's own") {
  outcome done = run({"/bin/sh", "-c", "echo $GREETING $PATH"}, patience, {{"GREETING", "hello"}});
  CHECK(done.output.starts_with("hello /"));
}

TEST_CASE("waiting for a line returns the first complete one that holds the text") {
  process program = shell("printf 'nothing\\nready port=7'; printf '1\\nready port=2\\n'; tail -f /dev/null");
  CHECK(program.wait_for_line("ready") == "ready port=71");
  CHECK(program.running());
}

TEST_CASE("waiting for a line ends when the program ends, and tells what it wrote") {
  process program = shell("echo port in use >&2; exit 1");
  CHECK_THROWS_WITH_AS(program.wait_for_line("ready"), doctest::Contains("port in use"), deadline_passed);
}

TEST_CASE("waiting for the end of a program that goes on fails after the limit") {
  process program = shell("tail -f /dev/null");
  CHECK_THROWS_AS(program.wait(20ms), deadline_passed);
}

TEST_CASE("a signal's number is the end of what it kills") {
  process program = shell("kill -STOP $$; tail -f /dev/null");
  program.signal(SIGKILL);
  CHECK(program.wait() == exit_state{0, SIGKILL});
}

TEST_CASE("a program that does not exist cannot be started") {
  CHECK_THROWS_AS(process({"/no/such/program"}), std::system_error);
}

TEST_CASE("nothing of a program's process group outlives its scope") {
  pid_t child = 0;
  {
    process program = shell("tail -f /dev/null & echo child $!; wait");
    child = std::stoi(program.wait_for_line("child ").substr(6));
    REQUIRE(alive(child));
  }
  CHECK(comes_true([&] { return !alive(child); }));
}

TEST_CASE("memory and processor time of a process are told") {
  process program = shell("echo ready; i=0; while :; do i=$((i+1)); done");
  program.wait_for_line("ready");
  CHECK(resident_memory(program.id()) > 100'000);
  CHECK(comes_true([&] { return processor_time(program.id()) >= 50ms; }));
  CHECK(resident_memory(-1) == 0);
}
