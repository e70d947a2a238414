#include "checkpointed_cluster.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

using namespace weir::testing;
using nlohmann::json;

namespace {

/// Runs of `weir` against a job whose checkpoints come only when they are asked for, unless a test says more.
struct commanded_cluster : checkpointed_cluster {
  explicit commanded_cluster(unsigned workers, std::string interval = "1 h",
                             std::map<std::string, std::string> more = {})
      : checkpointed_cluster{workers, with_interval(std::move(more), std::move(interval))} {}

  static std::map<std::string, std::string> with_interval(std::map<std::string, std::string> more,
                                                          std::string interval) {
    more["execution.checkpointing.interval"] = std::move(interval);
    return more;
  }

  outcome command(std::vector<std::string> words) const {
    words.insert(words.end(), {"-m", cluster.rest_address()});
    return weir::testing::weir(std::move(words));
  }

  json checkpoints() const { return cluster.get("/jobs/" + job + "/checkpoints"); }
};

} // namespace

TEST_CASE("a checkpoint is taken when somebody asks for it, and is in the list") {
  commanded_cluster run{2};
  run.submit(1'000'000, 100);
  run.cluster.wait_for_running_tasks(run.job);
  outcome none = run.command({"checkpoints", run.job});
  CHECK(none.output == "0 checkpoints: 0 completed, 0 failed, 0 in progress\n");

  outcome taken = run.command({"checkpoint", "--full", run.job});
  CHECK(taken.succeeded());
  CHECK(taken.output == "Triggering checkpoint for job " + run.job +
                            ".\nWaiting for response...\nCheckpoint(FULL) 1 for job " + run.job +
                            " completed.\n");
  CHECK(run.newest_checkpoint() == 1);
  taken = run.command({"checkpoint", run.job});
  CHECK_MESSAGE(taken.output.find("Checkpoint(CONFIGURED) 2 for job") != std::string::npos, taken.text());

  outcome listed = run.command({"checkpoints", run.job});
  CHECK(listed.output.starts_with("2 checkpoints: 2 completed, 0 failed, 0 in progress\n"));
  CHECK_MESSAGE(listed.output.find("\n 2  COMPLETED  ") != std::string::npos, listed.output);
  json in_full = json::parse(run.command({"checkpoints", "--json", run.job}).output);
  CHECK(in_full.at("latest").at("completed").at("id") == 2);
  CHECK(in_full.at("latest").at("completed").at("external_path") ==
        run.folder / ("checkpoints/" + run.job + "/chk-2"));
  CHECK(in_full.at("history").at(1).at("discarded") == true); // one is retained

  json details = run.cluster.get("/jobs/" + run.job + "/checkpoints/details/2");
  std::uint64_t subtasks = 0;
  for (const auto& [vertex, task] : details.at("tasks").items()) {
    subtasks += task.at("num_acknowledged_subtasks").get<std::uint64_t>();
    json parts = run.cluster.get("/jobs/" + run.job + "/checkpoints/details/2/subtasks/" + vertex);
    CHECK(parts.at("subtasks").size() == task.at("num_subtasks"));
  }
  CHECK(subtasks == details.at("num_subtasks"));
}

TEST_CASE("a job that was restarted says why, and from which checkpoint") {
  commanded_cluster run{3, "200 ms"};
  run.submit(200'000, 8);
  run.wait_for_checkpoints(2);
  run.cluster.worker(0).signal(SIGKILL);
  wait_until("a restart", [&] { return run.checkpoints().at("counts").at("restored") == 1; });
  json all = run.checkpoints();
  std::uint64_t from = all.at("latest").at("restored").at("id");
  CHECK(from >= 2);
  outcome listed = run.command({"checkpoints", run.job});
  CHECK_MESSAGE(listed.output.find("Restored once, last from checkpoint " + std::to_string(from) + " at ") !=
                    std::string::npos,
                listed.output);

  outcome status = run.command({"status", run.job});
  CHECK_MESSAGE(status.output.find("Restarted once.\n") != std::string::npos, status.output);
  CHECK_MESSAGE(status.output.find("worker") != std::string::npos, status.output);
  CHECK(run.cluster.get("/jobs/" + run.job).at("timestamps").at("RESTARTING") > 0);
  CHECK(run.cluster.get("/jobs/" + run.job + "/metrics?get=numRestarts").at(0).at("value") == "1");
  run.check_output();
}

TEST_CASE("an attached run tells each restart and its cause") {
  commanded_cluster run{3, "200 ms"};
  process attached = run.cluster.start_run(
      {"-p", "4"}, built_example("exactly_once"),
      {"--records=60000", "--keys=500", "--rate=10000", "--output=" + run.folder / "out"});
  attached.wait_for_line("Job has been submitted");
  run.job = submitted_job(attached.output());
  run.records = 60'000;
  run.wait_for_checkpoints(2);
  run.cluster.worker(0).signal(SIGKILL);
  exit_state end = attached.wait(60s);
  CHECK(end.code == 0);
  std::size_t told = attached.errors().find("The job is restarted after a failure: ");
  REQUIRE_MESSAGE(told != std::string::npos, attached.errors());
  CHECK(attached.errors().find("The job is restarted after a failure: ", told + 1) == std::string::npos);
  run.check_output();
}

TEST_CASE("a checkpoint that cannot be taken is refused with the reason") {
  commanded_cluster run{2, "0 ms"};
  run.submit(1'000'000, 100);
  run.cluster.wait_for_running_tasks(run.job);
  for (const char* command : {"checkpoint", "checkpoints"}) {
    outcome refused = run.command({command, run.job});
    CHECK_FALSE(refused.succeeded());
    CHECK(refused.errors == "weir: Checkpointing has not been enabled.\n");
  }
  outcome unknown = run.command({"checkpoint", std::string(32, 'a')});
  CHECK_FALSE(unknown.succeeded());
  CHECK(unknown.errors == "weir: Job " + std::string(32, 'a') + " not found\n");
}

TEST_CASE("a job's code turns checkpoints on, and what is said at submission goes before it") {
  commanded_cluster run{1, "0 ms"};
  auto config_of = [&](const std::vector<std::string>& options) {
    std::string job = run.cluster.submit(options, built_test_job("test_jobs"), {});
    return run.cluster.get("/jobs/" + job + "/checkpoints/config").at("interval").get<std::int64_t>();
  };
  CHECK(config_of({"-c", "checkpointed_by_code"}) == 1'234);
  CHECK(config_of({"-c", "checkpointed_by_code", "-D", "execution.checkpointing.interval=5 s"}) == 5'000);
}
