#include "cases.hpp"

#include "limits/exchange.hpp"
#include "test_cluster.hpp"
#include "workloads.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>

namespace bench {

namespace {

using weir::testing::cluster_options;
using weir::testing::test_cluster;

constexpr std::uint64_t exchanged_records = 20'000'000;
constexpr double exchange_floor = 600; // MB/s

/// Two workers of one slot each, with the heartbeats of a production cluster.
std::shared_ptr<test_cluster> two_workers() {
  return std::make_shared<test_cluster>(
      cluster_options{.workers = 2,
                      .slots = 1,
                      .configuration = {{"heartbeat.interval", "1 s"}, {"heartbeat.timeout", "10 s"}}});
}

/// What `weir run` prints of a collected result.
std::uint64_t collected_checksum(const std::string& output) {
  constexpr std::string_view title = "- checksum:\n";
  std::size_t at = output.find(title);
  if (at == std::string::npos)
    throw std::runtime_error{"the job gave no checksum: " + output};
  return std::stoull(output.substr(at + title.size()));
}

double worker_seconds(test_cluster& cluster) {
  auto used = weir::testing::processor_time(cluster.worker(0).id()) +
              weir::testing::processor_time(cluster.worker(1).id());
  return std::chrono::duration<double>(used).count();
}

run exchange_job(test_cluster& cluster, std::uint64_t records) {
  double used_before = worker_seconds(cluster);
  auto done =
      cluster.run({"-p", "1", "-c", "exchange"}, BENCH_JOBS, {"--records=" + std::to_string(records)});
  if (!done.succeeded())
    throw std::runtime_error{done.text()};
  std::string job = weir::testing::submitted_job(done.output);
  double milliseconds = 0;
  auto details = cluster.get("/jobs/" + job);
  for (const auto& vertex : details.at("vertices"))
    milliseconds = std::max(milliseconds, vertex.at("duration").get<double>());
  return {.amount = static_cast<double>(records * sizeof(wide_record)) / 1e6,
          .checksum = collected_checksum(done.output),
          .seconds = milliseconds / 1e3,
          .cpu_seconds_elsewhere = worker_seconds(cluster) - used_before};
}

/// Seconds from the start of `weir run -d` until REST shows all subtasks RUNNING.
run start_job(const test_cluster& cluster) {
  using clock = std::chrono::steady_clock;
  auto begin = clock::now();
  std::string job = cluster.submit({"-p", "2", "-c", "idle"}, BENCH_JOBS, {});
  cluster.wait_for_running_tasks(job);
  run done{.amount = std::chrono::duration<double>(clock::now() - begin).count()};
  cluster.request("PATCH", "/jobs/" + job + "?mode=cancel");
  cluster.wait_for_job(job, "CANCELED");
  return done;
}

} // namespace

std::vector<bench_case> exchange_cases(const bench_settings& settings) {
  std::uint64_t records = scaled(exchanged_records, settings, 100'000);
  auto cluster = two_workers();
  bench_case made;
  made.name = "exchange";
  made.unit = "MB/s";
  made.floor = exchange_floor;
  made.limit = [records] { return limits::exchange(records, 1); };
  made.weir = [=] { return exchange_job(*cluster, records); };
  return {made};
}

std::vector<bench_case> job_start_cases(const bench_settings&) {
  auto cluster = two_workers();
  bench_case made;
  made.name = "job_start";
  made.unit = "s";
  made.kind = quantity::time;
  made.target = 1;
  made.limit = [] { return run{.amount = 1}; };
  made.weir = [=] { return start_job(*cluster); };
  return {made};
}

} // namespace bench
