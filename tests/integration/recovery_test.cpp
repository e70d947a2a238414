#include "exactly_once_oracle.hpp"
#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

constexpr std::uint64_t keys = 500;

/// Runs of examples/exactly_once on workers with two slots each, of which one may be lost.
struct checkpointed_cluster {
  explicit checkpointed_cluster(unsigned workers, std::map<std::string, std::string> more = {})
      : cluster{{.workers = workers, .slots = 2, .configuration = settings(std::move(more))}} {}

  std::map<std::string, std::string> settings(std::map<std::string, std::string> more) const {
    more.insert({{"execution.checkpointing.dir", folder / "checkpoints"},
                 {"execution.checkpointing.interval", "100 ms"},
                 {"execution.checkpointing.tolerable-failed-checkpoints", "1000"},
                 {"heartbeat.timeout", "2 s"},
                 {"restart-strategy.type", "fixed-delay"},
                 {"restart-strategy.fixed-delay.attempts", "100"},
                 {"restart-strategy.fixed-delay.delay", "100 ms"}});
    return more;
  }

  /// A job that takes `seconds` at least when nothing breaks.
  void submit(std::uint64_t numbers, std::uint64_t seconds) {
    records = numbers;
    job = cluster.submit({"-p", "4"}, built_example("exactly_once"),
                         {"--records=" + std::to_string(records), "--keys=" + std::to_string(keys),
                          "--rate=" + std::to_string(records / seconds), "--output=" + folder / "out"});
  }

  /// The newest checkpoint on disk; 0: there is none.
  std::uint64_t newest_checkpoint() const {
    std::uint64_t newest = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator{folder / ("checkpoints/" + job), none})
      if (std::string name = entry.path().filename(); name.starts_with("chk-"))
        if (std::filesystem::exists(entry.path() / "_metadata"))
          newest = std::max<std::uint64_t>(newest, std::stoull(name.substr(4)));
    return newest;
  }

  void wait_for_checkpoints(std::uint64_t more) {
    std::uint64_t from = newest_checkpoint();
    wait_until(std::to_string(more) + " checkpoints", [&] { return newest_checkpoint() >= from + more; });
  }

  void check_output() {
    cluster.wait_for_job(job, "FINISHED", 60s);
    std::vector<std::string> lines;
    for (const auto& entry : std::filesystem::directory_iterator{folder / "out"}) {
      std::string name = entry.path().filename();
      CHECK_MESSAGE(!name.starts_with("."), name); // what was never committed is gone
      std::ifstream file{entry.path()};
      for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    }
    CHECK(judge_exactly_once(lines, records, keys) == "");
    wait_until("the end of the job's checkpoints",
               [&] { return !std::filesystem::exists(folder / ("checkpoints/" + job)); });
  }

  temporary_folder folder;
  test_cluster cluster;
  std::string job;
  std::uint64_t records = 0;
};

} // namespace

TEST_CASE("a bounded job commits all it wrote with a last checkpoint") {
  checkpointed_cluster run{2};
  run.submit(50'000, 1);
  run.check_output();
}

TEST_CASE("a job that ends before its first checkpoint is due commits all the same") {
  checkpointed_cluster run{2, {{"execution.checkpointing.interval", "1 h"}}};
  run.submit(1'000, 1);
  run.check_output();
}

TEST_CASE("numbers are counted once when workers are killed, on both backends") {
  for (std::string backend : {"hashmap", "leveldb"}) {
    CAPTURE(backend);
    checkpointed_cluster run{3, {{"state.backend.type", backend}}};
    run.submit(200'000, 8);
    run.wait_for_checkpoints(3);
    run.cluster.worker(0).signal(SIGKILL);
    run.cluster.add_worker();
    run.wait_for_checkpoints(3);
    run.cluster.worker(1).signal(SIGKILL);
    run.check_output();
  }
}

TEST_CASE("numbers are counted once when a worker stands still past the timeout and goes on") {
  checkpointed_cluster run{3};
  run.submit(200'000, 8);
  run.wait_for_checkpoints(2);
  run.cluster.worker(0).signal(SIGSTOP);
  run.cluster.wait_for_workers(2);
  run.wait_for_checkpoints(2);
  run.cluster.worker(0).signal(SIGCONT);
  run.check_output();
}

TEST_CASE("numbers are counted once when the master is killed, and a new one goes on with the job") {
  temporary_folder of_cluster;
  checkpointed_cluster run{2, {{"high-availability.storageDir", of_cluster / "ha"}}};
  run.submit(200'000, 8);
  run.wait_for_checkpoints(3);
  run.cluster.restart_master();
  run.cluster.wait_for_workers(2);
  run.wait_for_checkpoints(2);
  run.cluster.restart_master();
  run.check_output();
}

TEST_CASE("a canceled job leaves neither checkpoints nor what was not committed") {
  checkpointed_cluster run{2};
  run.submit(1'000'000, 100);
  run.wait_for_checkpoints(2);
  REQUIRE(weir::testing::weir({"cancel", "-m", run.cluster.rest_address(), run.job}).succeeded());
  run.cluster.wait_for_job(run.job, "CANCELED");
  for (const auto& entry : std::filesystem::directory_iterator{run.folder / "out"})
    CHECK_MESSAGE(!entry.path().filename().string().starts_with("."), entry.path());
  wait_until("the end of the job's checkpoints",
             [&] { return !std::filesystem::exists(run.folder / ("checkpoints/" + run.job)); });
}
