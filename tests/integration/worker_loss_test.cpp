#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace weir::testing;

namespace {

constexpr duration heartbeat_timeout = 3s;
/// What detecting, telling and failing may take beyond the timeout on a busy machine.
constexpr duration grace = 4s;

struct two_workers {
  test_cluster cluster{
      {.workers = 2,
       .slots = 2,
       .configuration = {{"heartbeat.timeout", std::to_string(heartbeat_timeout.count()) + " ms"}}}};

  std::string job_on_all_slots() {
    std::string job = cluster.submit({"-p", "4", "-c", "endless"}, built_test_job("test_jobs"), {});
    cluster.wait_for_running_tasks(job);
    return job;
  }

  std::string id_of(std::size_t worker) {
    return field(cluster.worker(worker).wait_for_line("weir-node worker ready"), "id");
  }

  void takes_a_job(const std::string& parallelism) {
    temporary_folder folder;
    folder.write("in", "to be or not to be\n");
    outcome done = cluster.run({"-p", parallelism}, built_example("word_count"),
                               {"--input=" + folder / "in", "--output=" + folder / "out"});
    CHECK_MESSAGE(done.succeeded(), done.text());
  }
};

} // namespace

TEST_CASE_FIXTURE(two_workers,
                  "a killed worker fails its job with a cause that names it, and the next job runs") {
  std::string job = job_on_all_slots();
  cluster.worker(0).signal(SIGKILL);
  cluster.wait_for_job(job, "FAILED", heartbeat_timeout + grace);
  std::string cause = cluster.root_cause(job);
  CHECK_MESSAGE(cause.find(id_of(0)) != std::string::npos, cause);
  cluster.wait_for_workers(1, heartbeat_timeout + grace);
  wait_until("the release of the other worker's slots", [&] { return cluster.slots_free() == 2; });
  takes_a_job("2");
}

TEST_CASE_FIXTURE(
    two_workers,
    "a stopped worker is noticed, and registers again without its stale tasks when it continues") {
  std::string job = job_on_all_slots();
  cluster.worker(0).signal(SIGSTOP);
  cluster.wait_for_job(job, "FAILED", heartbeat_timeout + grace);
  std::string cause = cluster.root_cause(job);
  CHECK_MESSAGE(cause.find(id_of(0)) != std::string::npos, cause);
  cluster.wait_for_workers(1, heartbeat_timeout + grace);

  cluster.worker(0).signal(SIGCONT);
  cluster.wait_for_workers(2);
  wait_until("four free slots", [&] { return cluster.slots_free() == 4; });
  CHECK(cluster.worker(0).running());
  takes_a_job("4");
}

TEST_CASE_FIXTURE(two_workers, "a job that is canceled gives its slots back") {
  std::string job = job_on_all_slots();
  CHECK(cluster.slots_free() == 0);
  outcome done = weir::testing::weir({"cancel", "-m", cluster.rest_address(), job});
  REQUIRE_MESSAGE(done.succeeded(), done.text());
  cluster.wait_for_job(job, "CANCELED");
  wait_until("four free slots", [&] { return cluster.slots_free() == 4; });
  takes_a_job("4");
}

TEST_CASE_FIXTURE(two_workers,
                  "workers that lose their master try again, and nodes end well when they are told to") {
  std::string job = job_on_all_slots();
  cluster.master().signal(SIGTERM);
  CHECK(cluster.master().wait() == exit_state{});
  CHECK(cluster.worker(0).running());
  cluster.worker(0).signal(SIGTERM);
  cluster.worker(1).signal(SIGINT);
  CHECK(cluster.worker(0).wait() == exit_state{});
  CHECK(cluster.worker(1).wait() == exit_state{});
}
