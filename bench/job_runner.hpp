#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// Runs the jobs of bench_jobs.so on the cluster runtime in this process: a master and one worker with one
/// slot, the actors, the channels and the job library as everywhere else.
class job_runner {
public:
  /// Throws std::runtime_error, as run() does.
  explicit job_runner(std::string library);
  ~job_runner();

  /// Hands the job in, waits for its end, and returns the checksum it collected.
  std::uint64_t run(const std::string& job, const std::vector<std::string>& arguments);

private:
  class body;
  std::unique_ptr<body> body_;
};

} // namespace bench
