#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "rest/cluster_gateway.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace weir {

/// Which graph to build from an uploaded library.
struct plan_request {
  std::string library; ///< path
  std::string library_name;
  std::string function; ///< empty: the only one
  std::vector<std::string> arguments;
  std::uint32_t parallelism = 0;                    ///< 0: the default
  std::map<std::string, std::string> configuration; ///< pipeline.* keys
};

/// Runs job functions outside this process: user code that crashes, loops or eats memory must not take the
/// master with it.
class job_planner {
public:
  virtual ~job_planner() = default;

  /// Blocks until the graph is there, the limit passes or `stop` is asked for. Whatever the job function did
  /// wrong is invalid_argument. The id of the submission is zero.
  virtual result<job_submission> plan(const plan_request& request, const std::stop_token& stop) = 0;
};

struct process_planner_settings {
  std::string program;                       ///< path of `weir`
  std::chrono::milliseconds timeout{30'000}; ///< web.plan.timeout
};

/// Runs `weir build-graph` and reads what it prints.
std::unique_ptr<job_planner> make_process_planner(weir::clock& clock, process_planner_settings settings);

} // namespace weir
