#include "mentions.hpp"
#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace weir::testing;

namespace {

/// A cluster that `weir cluster start` started, in a temporary folder; it is stopped at the end.
struct commanded_cluster {
  temporary_folder place;
  std::string folder = place / "cluster";

  outcome cluster(const std::string& command, const std::vector<std::string>& options = {}) const {
    std::vector<std::string> words{"cluster", command, "--dir", folder};
    words.insert(words.end(), options.begin(), options.end());
    return weir::testing::weir(words);
  }

  [[nodiscard]] outcome start(std::vector<std::string> options = {}) const {
    options.insert(options.end(), {"-D", "rest.port=0", "-D", "jobmanager.rpc.port=0"});
    return cluster("start", options);
  }

  /// Process ids of its nodes, as it wrote them down.
  [[nodiscard]] std::vector<pid_t> nodes() const {
    std::vector<pid_t> ids;
    for (const auto& file : std::filesystem::directory_iterator{folder})
      if (pid_t id = 0; file.path().extension() == ".pid" && std::ifstream{file.path()} >> id)
        ids.push_back(id);
    return ids;
  }

  ~commanded_cluster() { CHECK(cluster("stop").succeeded()); }
};

} // namespace

TEST_CASE_FIXTURE(commanded_cluster,
                  "a cluster is started, shown, used by its folder and stopped with all its processes") {
  outcome started = start({"--workers", "2", "--slots", "1"});
  REQUIRE_MESSAGE(started.succeeded(), started.text());
  auto ids = nodes();
  CHECK(ids.size() == 3);

  outcome status = cluster("status");
  CHECK(status.succeeded());
  CHECK(mentions(status.output, {"master", "worker-1", "worker-2", "rest=127.0.0.1:", "slots=1"}));

  outcome refused = start();
  CHECK(refused.end == exit_state{1, 0});
  CHECK(mentions(refused.errors, {"runs in " + folder, "weir cluster stop"}));

  place.write("in", "to be or not to be\n");
  outcome counted = weir::testing::weir({"run", "--dir", folder, "-p", "2", built_example("word_count"),
                                         "--input=" + place / "in", "--output=" + place / "out"});
  CHECK_MESSAGE(counted.succeeded(), counted.text());

  outcome stopped = cluster("stop");
  CHECK_MESSAGE(stopped.succeeded(), stopped.text());
  CHECK(mentions(stopped.output, {"1 master", "2 workers"}));
  for (pid_t id : ids) // at most a zombie, where nobody waits for orphans
    CHECK(resident_memory(id) == 0);
}

TEST_CASE_FIXTURE(commanded_cluster, "stopping a cluster that does not run is done at once and says so") {
  outcome stopped = cluster("stop");
  CHECK(stopped.succeeded());
  CHECK(mentions(stopped.output, {"No cluster runs in " + folder}));
  CHECK(cluster("status").end == exit_state{1, 0});
}

TEST_CASE_FIXTURE(commanded_cluster, "a cluster that cannot start leaves nothing behind and shows the log") {
  test_cluster other{{.workers = 0}};
  std::string port = other.rest_address().substr(other.rest_address().rfind(':') + 1);
  outcome started = cluster("start", {"-D", "jobmanager.rpc.port=0", "-D", "rest.port=" + port});
  CHECK(started.end == exit_state{1, 0});
  CHECK(mentions(started.errors, {"master", "in use", port}));
  CHECK(nodes().empty());
}

TEST_CASE_FIXTURE(commanded_cluster,
                  "a cluster of which a node was killed can be stopped and started again") {
  REQUIRE(start({"--workers", "1", "--slots", "1"}).succeeded());
  for (pid_t id : nodes())
    ::kill(id, SIGKILL);
  wait_until("the end of the nodes", [&] { return cluster("status").end == exit_state{1, 0}; });
  outcome again = start({"--workers", "1", "--slots", "1"});
  CHECK_MESSAGE(again.succeeded(), again.text());
}

TEST_CASE("what a job collects is printed at its end, on a cluster as in one process") {
  temporary_folder place;
  std::string input = place.write("in", "one two\nthree\n");
  std::vector<std::string> arguments{"--input=" + input};
  test_cluster cluster{{.workers = 1, .slots = 1}};
  std::string expected = "Accumulator Results:\n- lines:\none two\nthree\n";
  outcome there = cluster.run({"-c", "collect_lines"}, built_test_job("test_jobs"), arguments);
  CHECK_MESSAGE(there.succeeded(), there.text());
  CHECK(there.output.ends_with(expected));
  outcome here = weir::testing::weir(
      {"run", "--local", "-c", "collect_lines", built_test_job("test_jobs"), arguments.front()});
  CHECK_MESSAGE(here.succeeded(), here.text());
  CHECK(here.output.ends_with(expected));
}

TEST_CASE(
    "an attached run that is told to end leaves its job running, or cancels it when that was asked for") {
  test_cluster cluster{{.workers = 1, .slots = 2}};
  auto job_of = [](process& run) {
    std::string line = run.wait_for_line("Job has been submitted with JobID ");
    return line.substr(line.rfind(' ') + 1);
  };
  process left = cluster.start_run({"-c", "endless"}, built_test_job("test_jobs"), {});
  std::string goes_on = job_of(left);
  cluster.wait_for_running_tasks(goes_on);
  left.signal(SIGTERM);
  CHECK(left.wait() == exit_state{});
  CHECK(mentions(left.output(), {"Detached from job " + goes_on}));
  CHECK(cluster.job_state(goes_on) == "RUNNING");

  process bound =
      cluster.start_run({"--shutdown-on-attached-exit", "-c", "endless"}, built_test_job("test_jobs"), {});
  std::string ends = job_of(bound);
  cluster.wait_for_running_tasks(ends);
  bound.signal(SIGINT);
  CHECK(bound.wait() == exit_state{});
  CHECK(cluster.job_state(ends) == "CANCELED");
  CHECK(cluster.job_state(goes_on) == "RUNNING");
}

TEST_CASE(
    "a source file is compiled and run, and one with a mistake is refused with what the compiler says") {
  temporary_folder place;
  std::string job =
      place.write("job.cpp", "#include <weir/weir.hpp>\n"
                             "WEIR_JOB(three) { env.from(weir::from_elements({LIMIT})).collect(\"n\"); }\n");
  outcome wrong = weir::testing::weir({"compile", job});
  CHECK(wrong.end == exit_state{1, 0});
  CHECK(mentions(wrong.errors, {"job.cpp does not compile", "LIMIT"}));
  CHECK_FALSE(std::filesystem::exists(place / "job.so"));

  outcome compiled = weir::testing::weir({"compile", job, "-O0", "--", "-DLIMIT=7"});
  REQUIRE_MESSAGE(compiled.succeeded(), compiled.text());
  CHECK(compiled.output == "Compiled " + (place / "job.so") + "\n");
  outcome done = weir::testing::weir({"run", "--local", place / "job.so"});
  CHECK_MESSAGE(done.succeeded(), done.text());
  CHECK(done.output.ends_with("- n:\n7\n"));
  CHECK(std::distance(std::filesystem::directory_iterator{place.path()}, {}) == 2);
}
