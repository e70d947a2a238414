#include "checkpointed_cluster.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

using namespace weir::testing;

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

TEST_CASE(
    "a job whose newest checkpoint is damaged waits until that is mended, and counts each number once") {
  temporary_folder of_cluster;
  checkpointed_cluster run{
      2, {{"high-availability.storageDir", of_cluster / "ha"}, {"execution.checkpointing.interval", "1 s"}}};
  run.submit(200'000, 8);
  run.wait_for_checkpoints(2);
  run.cluster.master().signal(SIGKILL);
  run.cluster.master().wait();
  std::string metadata = run.folder / ("checkpoints/" + run.job + "/chk-" +
                                       std::to_string(run.newest_checkpoint()) + "/_metadata");
  std::string whole = read_file(metadata);
  std::ofstream{metadata} << whole.substr(0, whole.size() / 2);
  run.cluster.restart_master();
  auto waiting_for = [&] { return run.cluster.get("/jobs/" + run.job).at("waiting-for").get<std::string>(); };
  wait_until("the job to say what is damaged",
             [&] { return waiting_for().find(metadata) != std::string::npos; });
  CHECK(waiting_for().find("from a copy") != std::string::npos);
  CHECK(run.cluster.job_state(run.job) == "INITIALIZING");
  std::ofstream{metadata} << whole;
  run.check_output();
}
