#pragma once

#include "bench_case.hpp"

#include "actors/local_cluster.hpp"
#include "base/configuration.hpp"
#include "base/platform.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// A master and one worker with one slot, in this process, for jobs of bench/jobs.cpp.
class bench_cluster {
public:
  /// Throws std::runtime_error when it cannot start.
  bench_cluster();

  /// Runs a job to its end; `amount` is what it handles, in all or in the time that it measures itself
  /// (measured_ms_name). `settings`: the job's own. Throws std::runtime_error with the cause when it fails.
  run run_job(const std::string& job, const std::vector<std::string>& arguments, double amount,
              const std::map<std::string, std::string>& settings = {});

private:
  std::unique_ptr<weir::platform> platform_;
  std::unique_ptr<weir::actors::local_cluster> cluster_;
};

/// A case of records a second whose job runs on `cluster`; name, limit and target are still missing.
bench_case case_with_job(const std::shared_ptr<bench_cluster>& cluster, const std::string& job,
                         const std::vector<std::string>& arguments, double amount,
                         const std::map<std::string, std::string>& settings = {});

} // namespace bench
