#include "session.hpp"

#include "example_cluster.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <utility>
#include <vector>

using namespace weir;
using namespace weir::tools::shell;
using namespace weir::testing;
using namespace std::chrono_literals;

namespace {

/// Answers each wait of a watch with the next of a list, and the last of them for ever.
class scripted_screen final : public screen {
public:
  std::vector<wake> wakes{wake::key};
  std::function<void()> before_wake = [] {};
  std::vector<std::string> looks;
  std::string title;
  std::chrono::milliseconds waited{};
  bool interrupt = false;
  int open = 0;

  void begin() override { ++open; }
  void end() override { --open; }
  void show(const std::string& shown_title, const std::string& text) override {
    CHECK(open == 1);
    title = shown_title;
    looks.push_back(text);
  }
  wake wait(std::chrono::milliseconds time) override {
    waited = time;
    before_wake();
    wake next = wakes.front();
    if (wakes.size() > 1)
      wakes.erase(wakes.begin());
    return next;
  }
  bool take_interrupt() override { return std::exchange(interrupt, false); }
};

struct session_fixture {
  example_cluster of;
  scripted_screen watched;
  std::ostringstream output, errors;
  session commands{of, watched, output, errors, {}};
};

/// The same with --json.
struct json_fixture {
  example_cluster of;
  scripted_screen watched;
  std::ostringstream output, errors;
  session commands{of, watched, output, errors, {.json = true}};
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(session_fixture, "the commands of a line run one after the other") {
  CHECK(commands.run("jobs; why 0123") == 0);
  std::size_t jobs = output.str().find("word count");
  std::size_t why = output.str().find("The job is RUNNING.");
  CHECK(jobs < why);
  CHECK(why != std::string::npos);
  CHECK(errors.str().empty());
}

TEST_CASE_FIXTURE(session_fixture, "wrong usage exits with 2, and nothing of the line is run") {
  for (const char* line : {"jobs; jbos", "jobs; why", "jobs; 'a"}) {
    CAPTURE(line);
    CHECK(commands.run(line) == 2);
  }
  CHECK(of.asked.empty());
  CHECK(output.str().empty());
  CHECK(errors.str().starts_with("actor-shell: There is no command 'jbos': did you mean `jobs`?\n"));
}

TEST_CASE_FIXTURE(session_fixture, "a command that fails exits with 1, and those after it are run") {
  CHECK(commands.run("why nosuch; jobs") == 1);
  CHECK(contains(errors.str(), "actor-shell: There is no job 'nosuch'"));
  CHECK(contains(output.str(), "word count"));
}

TEST_CASE_FIXTURE(session_fixture, "an empty line does nothing") {
  CHECK(commands.run("") == 0);
  CHECK(commands.run(" ; ") == 0);
  CHECK(output.str().empty());
}

TEST_CASE_FIXTURE(session_fixture, "exit and quit end the session and the rest of the line") {
  for (const char* line : {"exit; jobs", "quit; jobs"}) {
    session one{of, watched, output, errors, {}};
    CHECK(one.run(line) == 0);
    CHECK(one.ended());
  }
  CHECK(output.str().empty());
  CHECK_FALSE(commands.ended());
}

TEST_CASE_FIXTURE(json_fixture, "with --json each command prints one line that holds all it found") {
  CHECK(commands.run("nodes; slots; jobs; tasks; inspect 0123; why 0123; help") == 0);
  std::istringstream lines{output.str()};
  std::vector<nlohmann::json> found;
  for (std::string line; std::getline(lines, line);)
    found.push_back(nlohmann::json::parse(line));
  REQUIRE(found.size() == 7);
  CHECK(found[0]["taskmanagers"].size() == 2);
  CHECK(found[0]["overview"]["slots-available"] == 2);
  CHECK(found[1]["slots"][0]["taskmanager-id"] == "10.0.0.1:5001-aaaaaa");
  CHECK(found[1]["slots"].size() == 4);
  CHECK(found[2]["jobs"][0]["jid"] == example_id_text);
  CHECK(found[3]["tasks"].size() == 4);
  CHECK(found[3]["tasks"][0]["job"] == example_id_text);
  CHECK(found[4]["actor"] == "job-manager");
  CHECK(found[5]["why"][0] == "The job is RUNNING.");
  CHECK(found[6]["commands"].size() > 5);
}

TEST_CASE_FIXTURE(session_fixture, "a watch looks again until a key is pressed, and then the line goes on") {
  watched.wakes = {screen::wake::time_passed, screen::wake::time_passed, screen::wake::key};
  int looks = 0;
  watched.before_wake = [&] {
    if (++looks == 1)
      of.rest.cluster.job_list[0].summary.state = job_state::finished;
  };
  CHECK(commands.run("watch -n 0.5 jobs; why 0123") == 0);
  REQUIRE(watched.looks.size() == 3);
  CHECK(contains(watched.looks[0], "RUNNING"));
  CHECK(contains(watched.looks[1], "FINISHED"));
  CHECK(watched.title == "jobs, every 500 ms");
  CHECK(watched.waited == 500ms);
  CHECK(watched.open == 0);
  CHECK(contains(output.str(), "The job is"));
  CHECK_FALSE(commands.interrupted());
}

TEST_CASE_FIXTURE(session_fixture, "an interrupt ends a watch and the rest of the line") {
  watched.wakes = {screen::wake::interrupted};
  CHECK(commands.run("watch jobs; why 0123") == 0);
  CHECK(watched.looks.size() == 1);
  CHECK(commands.interrupted());
  CHECK(output.str().empty());
  CHECK(commands.run("jobs") == 0);
  CHECK_FALSE(commands.interrupted());
}

TEST_CASE_FIXTURE(session_fixture, "an interrupt between two commands ends the line") {
  watched.interrupt = true;
  CHECK(commands.run("jobs; why 0123") == 0);
  CHECK(contains(output.str(), "word count"));
  CHECK_FALSE(contains(output.str(), "The job is"));
}

TEST_CASE_FIXTURE(session_fixture, "an interrupt while the master is asked is no failure and ends the line") {
  class interrupted_cluster final : public cluster {
  public:
    result<nlohmann::json> get(const std::string&) override { return error{errc::canceled, "Interrupted."}; }
    std::int64_t wall_ms() override { return 0; }
  } gone;
  session other{gone, watched, output, errors, {}};
  CHECK(other.run("jobs; help") == 0);
  CHECK(other.interrupted());
  CHECK(output.str().empty());
  CHECK(errors.str().empty());
}

TEST_CASE_FIXTURE(session_fixture, "a watch that fails at its first look fails as the command does") {
  CHECK(commands.run("watch why nosuch") == 1);
  CHECK(watched.looks.empty());
  CHECK(contains(errors.str(), "There is no job 'nosuch'"));
}

TEST_CASE_FIXTURE(session_fixture, "a watch goes on while the master is away, and says so") {
  watched.wakes = {screen::wake::time_passed, screen::wake::time_passed, screen::wake::key};
  int looks = 0;
  watched.before_wake = [&] {
    of.rest.cluster.failure.reset();
    if (++looks == 1)
      of.rest.cluster.failure = error{errc::unavailable, "the master is away"};
  };
  CHECK(commands.run("watch jobs") == 0);
  REQUIRE(watched.looks.size() == 3);
  CHECK(watched.looks[1] == "the master is away\n");
  CHECK(contains(watched.looks[2], "word count"));
}

TEST_CASE_FIXTURE(json_fixture, "a watch with --json shows a line of JSON a look, and failures as errors") {
  watched.wakes = {screen::wake::time_passed, screen::wake::key};
  watched.before_wake = [&] { of.rest.cluster.failure = error{errc::unavailable, "the master is away"}; };
  CHECK(commands.run("watch jobs") == 0);
  REQUIRE(watched.looks.size() == 1);
  CHECK(nlohmann::json::parse(watched.looks[0])["jobs"].size() == 1);
  CHECK(contains(errors.str(), "the master is away"));
}
