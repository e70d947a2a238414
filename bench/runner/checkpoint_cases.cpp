#include "cases.hpp"

#include "bench_cluster.hpp"
#include "test_cluster.hpp"

#include <chrono>
#include <csignal>
#include <memory>

namespace bench {

namespace {

/// Of so many seconds that the last checkpoint, behind the end of the input, hardly counts.
constexpr std::uint64_t checkpointed_records = 1'200'000'000;
constexpr std::uint64_t distinct_keys = 1'000'000;
constexpr double idle_checkpoint_limit = 0.030; // seconds, the median
constexpr std::uint64_t idle_checkpoints = 50;
constexpr std::uint64_t recovered_keys = 6'500'000; // 100 MiB of keys and counts
constexpr double recovery_limit = 1;                // seconds

using weir::testing::cluster_options;
using weir::testing::test_cluster;

std::shared_ptr<test_cluster> cluster_with_checkpoints(unsigned workers, const bench_settings& settings,
                                                       const std::string& interval) {
  return std::make_shared<test_cluster>(
      cluster_options{.workers = workers,
                      .slots = 1,
                      .configuration = {{"execution.checkpointing.interval", interval},
                                        {"execution.checkpointing.dir", settings.folder + "/checkpoints"},
                                        {"restart-strategy.type", "fixed-delay"},
                                        {"restart-strategy.fixed-delay.attempts", "1000"},
                                        {"restart-strategy.fixed-delay.delay", "0 ms"},
                                        {"heartbeat.interval", "1 s"},
                                        {"heartbeat.timeout", "10 s"}}});
}

std::uint64_t completed_checkpoints(const test_cluster& cluster, const std::string& job) {
  return cluster.get("/jobs/" + job + "/checkpoints").at("counts").at("completed");
}

void end_job(const test_cluster& cluster, const std::string& job) {
  cluster.request("PATCH", "/jobs/" + job + "?mode=cancel");
  cluster.wait_for_job(job, "CANCELED");
}

/// Median time from the trigger to the end of the checkpoints of a job that has next to nothing to do.
run idle_checkpoints_of(const test_cluster& cluster) {
  std::string job = cluster.submit({"-p", "2", "-c", "idle"}, BENCH_JOBS, {});
  weir::testing::wait_until("enough checkpoints",
                            [&] { return completed_checkpoints(cluster, job) >= idle_checkpoints; });
  double milliseconds =
      cluster.get("/jobs/" + job + "/checkpoints").at("summary").at("end_to_end_duration").at("p50");
  end_job(cluster, job);
  return {.amount = milliseconds / 1e3};
}

/// Seconds from the end of a worker by SIGKILL until all subtasks run again, with the state restored. A spare
/// worker is there.
run recovery(const bench_settings& settings, std::uint64_t keys) {
  using clock = std::chrono::steady_clock;
  constexpr std::uint64_t seconds_to_fill = 4;
  auto cluster = cluster_with_checkpoints(2, settings, "1 s");
  auto filled_at = clock::now() + std::chrono::seconds{seconds_to_fill + 1};
  std::string job = cluster->submit(
      {"-p", "2", "-c", "counted"}, BENCH_JOBS,
      {"--distinct=" + std::to_string(keys), "--rate=" + std::to_string(keys / seconds_to_fill)});
  cluster->add_worker();
  cluster->wait_for_workers(3);
  weir::testing::wait_until("the state of all keys", [&] { return clock::now() >= filled_at; });
  std::uint64_t before = completed_checkpoints(*cluster, job);
  weir::testing::wait_until("a checkpoint of it",
                            [&] { return completed_checkpoints(*cluster, job) >= before + 2; });
  auto begin = clock::now();
  cluster->worker(0).signal(SIGKILL);
  weir::testing::wait_until(
      "a restart", [&] { return cluster->get("/jobs/" + job).at("restarts").get<std::uint64_t>() > 0; });
  cluster->wait_for_running_tasks(job);
  run done{.amount = std::chrono::duration<double>(clock::now() - begin).count()};
  end_job(*cluster, job);
  return done;
}

} // namespace

std::vector<bench_case> checkpoint_idle_cases(const bench_settings& settings) {
  auto cluster = cluster_with_checkpoints(2, settings, "20 ms");
  bench_case made;
  made.name = "checkpoint_idle";
  made.unit = "s";
  made.kind = quantity::time;
  made.target = 1;
  made.limit = [] { return run{.amount = idle_checkpoint_limit}; };
  made.weir = [cluster] { return idle_checkpoints_of(*cluster); };
  return {made};
}

std::vector<bench_case> recovery_cases(const bench_settings& settings) {
  std::uint64_t keys = scaled(recovered_keys, settings);
  bench_case made;
  made.name = "recovery";
  made.unit = "s";
  made.kind = quantity::time;
  made.target = 1;
  made.limit = [] { return run{.amount = recovery_limit}; };
  made.weir = [=] { return recovery(settings, keys); };
  return {made};
}

std::vector<bench_case> checkpoint_overhead_cases(const bench_settings& settings) {
  std::uint64_t records = scaled(checkpointed_records, settings);
  std::vector<std::string> arguments{"--records=" + std::to_string(records),
                                     "--distinct=" + std::to_string(distinct_keys)};
  auto cluster = std::make_shared<bench_cluster>();
  auto amount = static_cast<double>(records);
  auto made = case_with_job(cluster, "keyed_sum", arguments, amount,
                            {{"execution.checkpointing.interval", "1 s"},
                             {"execution.checkpointing.dir", settings.folder + "/checkpoints"}});
  made.name = "checkpoint_overhead";
  made.target = 0.95;
  made.limit = case_with_job(cluster, "keyed_sum", arguments, amount).weir;
  return {made};
}

} // namespace bench
