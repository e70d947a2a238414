#pragma once

#include "process.hpp"
#include "temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

/// Programs and job libraries of the build under test.
std::string built_file(std::string_view path);     ///< relative to the build folder
std::string built_program(std::string_view name);  ///< "weir" -> <build>/tools/weir
std::string built_example(std::string_view name);  ///< "word_count" -> <build>/examples/word_count.so
std::string built_test_job(std::string_view name); ///< "slow_sink" -> <build>/tests/integration/slow_sink.so

/// Runs the command-line program.
outcome weir(std::vector<std::string> arguments, duration limit = 120s);

struct cluster_options {
  unsigned workers = 2;
  unsigned slots = 2; ///< of each worker
  /// For the master and the workers, over settings that let the system choose ports and notice losses within
  /// seconds.
  std::map<std::string, std::string> configuration;
};

struct http_answer {
  int status = 0;
  std::string body;
};

/// One master and some workers, each a process of its own, on TCP ports that the system chose, with a
/// temporary folder for all they write. Ready for jobs when constructed; gone, with everything it started, at
/// the end of the scope.
class test_cluster {
public:
  explicit test_cluster(cluster_options options = {});

  [[nodiscard]] process& master() { return masters_.back(); }
  [[nodiscard]] process& worker(std::size_t number) { return workers_.at(number); }
  /// Starts one more worker, without waiting for it to register.
  process& add_worker(const std::vector<std::string>& more_arguments = {});
  /// Kills the master as a power cut would, and starts another one at the same addresses.
  void restart_master();

  [[nodiscard]] const std::string& rest_address() const { return rest_address_; } ///< host:port
  [[nodiscard]] const std::string& rpc_address() const { return rpc_address_; }
  [[nodiscard]] const temporary_folder& folder() const { return folder_; }

  /// `weir run -m <this cluster> options… library arguments…`, to its end.
  outcome run(const std::vector<std::string>& options, const std::string& library,
              const std::vector<std::string>& arguments, duration limit = 120s) const;

  /// The same in the background.
  process start_run(const std::vector<std::string>& options, const std::string& library,
                    const std::vector<std::string>& arguments) const;

  /// Submits without waiting for the end, and returns the job's id. Fails the test when the job is refused.
  std::string submit(const std::vector<std::string>& options, const std::string& library,
                     const std::vector<std::string>& arguments) const;

  /// Any request to the REST API.
  http_answer request(const std::string& method, const std::string& path, const std::string& body = "",
                      const std::string& content_type = "application/json") const;

  /// The JSON at a path. Throws std::runtime_error when the status is not 200.
  nlohmann::json get(const std::string& path) const;

  /// Waits until this many workers are registered.
  void wait_for_workers(std::size_t count, duration limit = patience) const;

  /// Waits for a state ("RUNNING", "FAILED", …) of a job. A job that ended in another state fails at once,
  /// with why.
  void wait_for_job(const std::string& job, const std::string& state, duration limit = patience) const;

  /// Waits until the job and every subtask of it is RUNNING.
  void wait_for_running_tasks(const std::string& job, duration limit = patience) const;

  [[nodiscard]] std::string job_state(const std::string& job) const;
  /// The first failure of the job with its chain of causes.
  [[nodiscard]] std::string root_cause(const std::string& job) const;
  [[nodiscard]] unsigned slots_total() const;
  [[nodiscard]] unsigned slots_free() const;

private:
  [[nodiscard]] std::vector<std::string> node_command(const std::string& role) const;
  process start_node(std::vector<std::string> command) const;

  cluster_options options_;
  temporary_folder folder_;
  std::deque<process> masters_; // all that there were
  std::deque<process> workers_; // before masters_ is destroyed, and with addresses that stay
  std::string rest_address_;
  std::string rpc_address_;
};

/// The id in what `weir run` prints. Throws std::runtime_error when there is none.
std::string submitted_job(const std::string& output);

/// The value of `name=…` in a line such as "weir-node master ready rest=127.0.0.1:1 rpc=127.0.0.1:2".
std::string field(const std::string& line, const std::string& name);

} // namespace weir::testing
