#include "bench_cluster.hpp"

#include "required.hpp"
#include "window_workload.hpp"

#include "base/hash.hpp"
#include "base/options.hpp"
#include "dataflow/job_code.hpp"
#include "dataflow/job_library.hpp"
#include "scheduler/job_accumulators.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace bench {

namespace {

std::uint64_t checksum_in(const weir::job_details& job) {
  for (const weir::task_result& each : job.results)
    if (each.name == "checksum")
      return std::stoull(each.value);
  throw std::runtime_error{"the job gave no checksum"};
}

/// What the job has measured itself; 0 when it has not.
double seconds_measured_by(const weir::job_details& job) {
  for (const auto& each : weir::merge_accumulators(job))
    if (each.name == measured_ms_name)
      return static_cast<double>(each.integer) / 1e3;
  return 0;
}

/// From the first subtask RUNNING to the last one FINISHED.
double seconds_of(const weir::job_details& job) {
  std::int64_t begin = std::numeric_limits<std::int64_t>::max(), end = 0;
  for (const auto& vertex : job.vertices) {
    for (const weir::subtask_status& subtask : vertex) {
      begin = std::min(begin, subtask.entered_wall_ms.at(weir::task_state::running));
      end = std::max(end, subtask.entered_wall_ms.at(weir::task_state::finished));
    }
  }
  return static_cast<double>(std::max<std::int64_t>(end - begin, 1)) / 1e3;
}

} // namespace

bench_cluster::bench_cluster() : platform_{weir::make_system_platform()} {
  weir::configuration settings;
  settings.set(weir::options::taskmanager_slots, 1);
  cluster_ = required(weir::actors::local_cluster::start(*platform_, settings));
}

run bench_cluster::run_job(const std::string& job, const std::vector<std::string>& arguments, double amount,
                           const std::map<std::string, std::string>& settings) {
  const std::string path = BENCH_JOBS;
  auto library = required(weir::job_library::load(*platform_, path));
  auto bytes = required(platform_->files().read_all(path, weir::job_library_bytes_max));

  weir::job_submission submission;
  submission.id = weir::job_id{{platform_->random().next(), platform_->random().next()}};
  submission.spec.library_hash = weir::sha256_hex(bytes);
  submission.spec.library_name = "bench_jobs.so";
  submission.spec.function = job;
  submission.spec.arguments = arguments;
  submission.spec.parallelism = 1;
  submission.spec.configuration = settings;
  auto code = required(library->build(submission.spec));
  auto graph = required(weir::compile(*code, required(weir::compile_options_of(submission.spec))));
  submission.spec.fingerprint = weir::fingerprint(graph);
  submission.graph = std::make_shared<const weir::job_graph>(std::move(graph));

  auto ended = required(cluster_->run(std::move(submission), {bytes.begin(), bytes.end()}));
  if (ended.summary.state != weir::job_state::finished)
    throw std::runtime_error{"the job is " + std::string{to_string(ended.summary.state)} + ": " +
                             (ended.failures.empty() ? "" : ended.failures.front().cause)};
  double measured = seconds_measured_by(ended);
  return {.amount = amount,
          .checksum = checksum_in(ended),
          .seconds = measured > 0 ? measured : seconds_of(ended)};
}

bench_case case_with_job(const std::shared_ptr<bench_cluster>& cluster, const std::string& job,
                         const std::vector<std::string>& arguments, double amount,
                         const std::map<std::string, std::string>& settings) {
  bench_case made;
  made.unit = "records/s";
  made.weir = [=] { return cluster->run_job(job, arguments, amount, settings); };
  return made;
}

} // namespace bench
