#include "local_run.hpp"

#include "interruption.hpp"
#include "program_options.hpp"
#include "run_display.hpp"

#include "actors/local_cluster.hpp"
#include "base/options.hpp"
#include "base/system_files.hpp"
#include "rest/job_view.hpp"
#include "scheduler/job_accumulators.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace weir::tools {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t slots_of_worker_max = 1024;

job_end end_of(const job_details& job) {
  job_end end{.id = to_string(job.summary.id), .state = std::string{to_string(job.summary.state)}};
  end.runtime_ms = job.summary.end_wall_ms - job.summary.start_wall_ms;
  for (const task_result& each : job.results)
    end.results.emplace_back(each.name, each.value);
  for (const auto& each : merge_accumulators(job))
    end.accumulators.push_back({each.name, std::string{type_name(each.kind)}, value_text(each)});
  if (!job.failures.empty()) {
    end.cause = job.failures.front().cause;
    end.task = job.failures.front().task;
  }
  return end;
}

} // namespace

int run_locally(const command_context& with, const built_job& job) {
  allow_many_open_files();
  interruption signals;
  std::uint64_t slots = std::max<std::uint64_t>(1, slots_of(*job.submission.graph));
  std::uint64_t workers = (slots + slots_of_worker_max - 1) / slots_of_worker_max;
  configuration settings = with.settings;
  settings.set(options::taskmanager_slots, static_cast<std::int64_t>((slots + workers - 1) / workers));
  auto cluster =
      actors::local_cluster::start(with.environment, settings, static_cast<std::uint32_t>(workers));
  if (!cluster)
    return failed(cluster.failure().wrap("cannot run the job in this process"));

  run_display display;
  bool canceling = false, given_up = false;
  auto look = [&](const job_details& now) {
    display.show(progress_of(job_json(now, with.environment.clock().wall_ms())));
    if (signals.wait(0ms)) {
      given_up = canceling;
      canceling = true;
      (*cluster)->gateway().cancel(job.submission.id, [](const result<void>&) {});
    }
    return given_up;
  };
  auto ended = (*cluster)->run(job.submission, {job.library.begin(), job.library.end()}, look);
  display.clear();
  if (!ended)
    return failed(ended.failure().wrap("cannot run the job in this process"));
  if (given_up) {
    print_error("weir", "gave up waiting for the job's tasks to end");
    return exit_failed;
  }
  return tell_end(end_of(*ended), canceling);
}

} // namespace weir::tools
