#include "scheduler/job_settings.hpp"

#include "base/configuration.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

using namespace weir;
using namespace std::chrono_literals;

namespace {

struct settings_of_job {
  configuration cluster;
  job_spec job;

  result<job_settings> read() const { return read_job_settings(cluster, job, {7}); }
  job_settings good() const {
    auto settings = read();
    REQUIRE_MESSAGE(settings, settings.failure().message());
    return *settings;
  }
};

} // namespace

TEST_CASE_FIXTURE(settings_of_job,
                  "a job of which nothing is said takes no checkpoints and is not restarted") {
  auto settings = good();
  CHECK(settings.epoch == leader_epoch{7});
  CHECK_FALSE(settings.checkpoints.enabled());
  CHECK(std::holds_alternative<no_restart>(settings.failover.restart));
  CHECK(settings.failover.by_region);
}

TEST_CASE_FIXTURE(settings_of_job, "what a job says goes over what the cluster says") {
  REQUIRE(cluster.set("execution.checkpointing.interval", "10 s"));
  REQUIRE(cluster.set("execution.checkpointing.dir", "/cluster"));
  REQUIRE(cluster.set("jobmanager.execution.failover-strategy", "full"));
  job.configuration = {{"execution.checkpointing.interval", "1 s"}};
  auto settings = good();
  CHECK(settings.checkpoints.interval == 1s);
  CHECK(settings.checkpoints.directory == "/cluster");
  CHECK_FALSE(settings.failover.by_region);
}

TEST_CASE_FIXTURE(settings_of_job,
                  "a job with checkpoints is restarted with growing waits unless it says otherwise") {
  job.configuration = {{"execution.checkpointing.interval", "1 s"}, {"execution.checkpointing.dir", "/x"}};
  CHECK(std::holds_alternative<exponential_delay>(good().failover.restart));
  job.configuration["restart-strategy.type"] = "none";
  CHECK(std::holds_alternative<no_restart>(good().failover.restart));
}

TEST_CASE_FIXTURE(settings_of_job, "checkpoints without a folder are refused with what to do") {
  job.configuration = {{"execution.checkpointing.interval", "1 s"}};
  auto settings = read();
  REQUIRE_FALSE(settings);
  CHECK(settings.failure().code() == errc::invalid_argument);
  CHECK(settings.failure().message().find("execution.checkpointing.dir") != std::string::npos);
}

TEST_CASE_FIXTURE(settings_of_job,
                  "values of a job that are wrong alone or together are refused with their key") {
  job.configuration = {{"execution.checkpointing.interval", "soon"}};
  REQUIRE_FALSE(read());
  CHECK(read().failure().message().find("execution.checkpointing.interval") != std::string::npos);
  job.configuration = {{"restart-strategy.exponential-delay.initial-backoff", "1 min"},
                       {"restart-strategy.exponential-delay.max-backoff", "1 s"}};
  REQUIRE_FALSE(read());
  CHECK(read().failure().message().find("max-backoff") != std::string::npos);
}

TEST_CASE_FIXTURE(settings_of_job,
                  "a folder for checkpoints that each node would look for elsewhere is refused") {
  job.configuration = {{"execution.checkpointing.interval", "1 s"}, {"execution.checkpointing.dir", "here"}};
  REQUIRE_FALSE(read());
  CHECK(read().failure().message().find("absolute") != std::string::npos);
}
