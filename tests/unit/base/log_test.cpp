#include "base/log.hpp"

#include "base/ids.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace {

/// Catches the lines while it lives.
struct caught_lines {
  std::vector<std::string> lines;

  caught_lines() {
    weir::log::set_writer([this](std::string_view line) { lines.emplace_back(line); });
  }
  ~caught_lines() {
    weir::log::set_writer({});
    weir::log::set_level("info");
    weir::log::set_node("");
  }

  /// The only line, behind its time.
  std::string line() const {
    REQUIRE(lines.size() == 1);
    return lines[0].substr(lines[0].find(' ') + 1);
  }
};

} // namespace

TEST_CASE_FIXTURE(caught_lines, "a line has time, level, node, part, phrase and fields") {
  weir::log::set_node("worker 10.0.0.7:4021-a1b2c3");
  weir::job_id job{{0, 255}};
  weir::log::scheduler.info("job runs",
                            {{"job", job}, {"tasks", 4u}, {"fast", true}, {"share", std::string{"0.5"}}});
  CHECK(line() == "info    [worker 10.0.0.7:4021-a1b2c3] scheduler: job runs "
                  "job=000000000000000000000000000000ff tasks=4 "
                  "fast=true share=0.5");
  CHECK(std::regex_search(lines[0], std::regex{R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info )"}));
}

TEST_CASE_FIXTURE(caught_lines, "a value that could be mistaken is quoted, and a line stays one line") {
  weir::log::rest.warn(
      "request refused",
      {{"path", "/a b"}, {"cause", "x\n2026 error forged\x1b[2J"}, {"empty", ""}, {"q", "say \"hi\""}});
  CHECK(
      line() ==
      R"(warning rest: request refused path="/a b" cause="x\n2026 error forged\x1b[2J" empty="" q="say \"hi\"")");
}

TEST_CASE_FIXTURE(caught_lines, "only lines of the level or above are written") {
  weir::log::task.debug("hidden");
  CHECK(weir::log::set_level("debug"));
  weir::log::task.debug("shown");
  CHECK(weir::log::set_level("error"));
  weir::log::task.warn("hidden");
  CHECK(weir::log::set_level("off"));
  weir::log::task.error("hidden");
  CHECK(line() == "debug   task: shown");
}

TEST_CASE_FIXTURE(caught_lines, "an unknown level changes nothing") {
  CHECK_FALSE(weir::log::set_level("loud"));
  CHECK(weir::log::writes(weir::log::level::info));
  CHECK_FALSE(weir::log::writes(weir::log::level::debug));
}

TEST_CASE_FIXTURE(caught_lines, "a node's name may contain what is special in patterns") {
  weir::log::set_node("100% %n");
  weir::log::node.info("starts");
  CHECK(line() == "info    [100% %n] node: starts");
}

TEST_CASE_FIXTURE(caught_lines, "threads may log at once") {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([] {
      for (int i = 0; i < 250; ++i)
        weir::log::actors.info("counts", {{"i", i}});
    });
  for (std::thread& thread : threads)
    thread.join();
  CHECK(lines.size() == 1000);
}
