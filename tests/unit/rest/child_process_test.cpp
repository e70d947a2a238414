#include "rest/child_process.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

using namespace weir;
using namespace std::chrono_literals;
using ending = child_outcome::ending;

namespace {

struct shell {
  std::unique_ptr<platform> system = make_system_platform();

  child_outcome run(const std::string& script, std::chrono::milliseconds timeout = 60s,
                    std::size_t most = 1 << 20, const std::stop_token& stop = {}) {
    auto outcome = run_child({{"/bin/sh", "-c", script}, timeout, most}, system->clock(), stop);
    REQUIRE(outcome);
    return *outcome;
  }
};

} // namespace

TEST_CASE_FIXTURE(shell, "a program's output, errors and exit code are captured") {
  child_outcome outcome = run("echo out; echo err >&2; exit 3");
  CHECK(outcome.how == ending::exited);
  CHECK(outcome.code == 3);
  CHECK(outcome.output == "out\n");
  CHECK(outcome.errors == "err\n");
}

TEST_CASE_FIXTURE(shell, "more output than a pipe holds comes through") {
  child_outcome outcome = run("head -c 500000 /dev/zero");
  CHECK(outcome.how == ending::exited);
  CHECK(outcome.output.size() == 500'000);
}

TEST_CASE_FIXTURE(shell, "a program that is killed is told from one that exits") {
  child_outcome outcome = run("kill -SEGV $$");
  CHECK(outcome.how == ending::signaled);
  CHECK(outcome.code == SIGSEGV);
}

TEST_CASE_FIXTURE(shell, "a program that takes too long is ended with all it started") {
  child_outcome outcome = run("(trap '' TERM; cat /dev/zero >/dev/null) & while :; do :; done", 100ms);
  CHECK(outcome.how == ending::timed_out);
}

TEST_CASE_FIXTURE(shell, "a program that writes without end is ended") {
  CHECK(run("cat /dev/zero", 60s, 100'000).how == ending::wrote_too_much);
}

TEST_CASE_FIXTURE(shell, "a program ends when it is no longer wanted") {
  std::stop_source stop;
  stop.request_stop();
  CHECK(run("while :; do :; done", 60s, 1 << 20, stop.get_token()).how == ending::stopped);
}

TEST_CASE_FIXTURE(shell, "what a program leaves behind does not hold its caller") {
  child_outcome outcome = run("setsid sh -c 'while :; do :; done' & echo $!");
  CHECK(outcome.how == ending::exited);
  ::kill(std::stoi(outcome.output), SIGKILL);
}

TEST_CASE_FIXTURE(shell, "a program gets no descriptor of this process but the standard ones") {
  int extra = ::dup(STDERR_FILENO); // without FD_CLOEXEC
  child_outcome outcome = run("ls /proc/self/fd | wc -l");
  ::close(extra);
  CHECK(outcome.output == "4\n"); // the three, and the one that ls opens on the folder
}

TEST_CASE_FIXTURE(shell, "a program that is not there is an error with its name") {
  auto outcome = run_child({{"/no/such/program"}}, system->clock());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.failure().message() == "cannot start /no/such/program: No such file or directory");
}
