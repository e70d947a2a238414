#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include <poll.h>

using namespace weir::testing;

namespace {

constexpr std::uint64_t megabyte = 1 << 20;

#ifdef __SANITIZE_ADDRESS__
/// The nodes inherit it: memory that was freed is used again, instead of being watched.
[[maybe_unused]] const int no_quarantine = [] {
  const char* options = std::getenv("ASAN_OPTIONS");
  std::string with =
      std::string{options ? options : ""} + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0";
  return ::setenv("ASAN_OPTIONS", with.c_str(), 1);
}();
constexpr std::uint64_t idle_worker_max = 400 * megabyte;
constexpr std::uint64_t growth_max = 32 * megabyte;
#else
constexpr std::uint64_t idle_worker_max = 30 * megabyte;
constexpr std::uint64_t growth_max = 6 * megabyte; ///< what flooding the consumer would take in a moment
#endif

std::uint64_t records_read(const test_cluster& cluster, const std::string& job) {
  std::uint64_t records = 0;
  auto details = cluster.get("/jobs/" + job);
  for (const auto& vertex : details.at("vertices"))
    records = std::max(records, vertex.at("metrics").at("read-records").get<std::uint64_t>());
  return records;
}

} // namespace

TEST_CASE("a slow sink behind a fast source holds the source back: memory stays flat for a minute") {
  test_cluster cluster{{.workers = 2, .slots = 1}};
  std::string job = cluster.submit({"-p", "2", "-c", "slow_sink"}, built_test_job("test_jobs"), {});
  cluster.wait_for_running_tasks(job);
  wait_until("records at the sink", [&] { return records_read(cluster, job) > 0; });

  constexpr int seconds = 60, warm_up = 10;
  std::vector<pid_t> processes{cluster.master().id(), cluster.worker(0).id(), cluster.worker(1).id()};
  std::vector<std::uint64_t> settled(processes.size()), most(processes.size());
  std::uint64_t read_before = 0;
  for (int second = 0; second < seconds; ++second) {
    ::poll(nullptr, 0, 1'000);
    if (second == warm_up)
      read_before = records_read(cluster, job);
    for (std::size_t i = 0; i < processes.size(); ++i) {
      std::uint64_t now = resident_memory(processes[i]);
      if (second < warm_up)
        settled[i] = std::max(settled[i], now);
      else
        most[i] = std::max(most[i], now);
    }
  }
  for (std::size_t i = 0; i < processes.size(); ++i) {
    CAPTURE(i);
    CHECK(settled[i] > 0);
    CHECK(most[i] <= settled[i] + growth_max);
  }
  CHECK(cluster.job_state(job) == "RUNNING");
  // The sinks went on all the time, at their own pace of at most a thousand records a second each.
  std::uint64_t read = records_read(cluster, job) - read_before;
  CHECK(read > 1'000);
}

TEST_CASE("an idle worker needs little memory and hardly any processor time") {
  test_cluster cluster{{.workers = 1,
                        .slots = 2,
                        .configuration = {{"heartbeat.interval", "1 s"}, {"heartbeat.timeout", "10 s"}}}};
  ::poll(nullptr, 0, 1'000);
  duration before = processor_time(cluster.worker(0).id()) + processor_time(cluster.master().id());
  ::poll(nullptr, 0, 5'000);
  duration used = processor_time(cluster.worker(0).id()) + processor_time(cluster.master().id()) - before;
  CHECK(used < 500ms);
  CHECK(resident_memory(cluster.worker(0).id()) < idle_worker_max);
}
