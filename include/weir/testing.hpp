#pragma once

#include <weir/environment.hpp>
#include <weir/harness.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// To test a dataflow without a cluster: in this process and thread, with the operators, channels and
/// partitioners that a cluster would use.
namespace weir::testing {

struct run_options {
  std::uint32_t parallelism = 1; ///< of operators that state none
  bool chaining = true;
  /// Records travel between subtasks as bytes, as between two processes.
  bool encoded = false;
  /// Not 0: chooses which subtask goes on next, so that each seed is another order of events.
  std::uint64_t seed = 0;
  /// How often watermarks are sent. The default, behind every batch, gives the same result at any speed.
  std::int64_t watermark_interval_ms = 0;
};

/// What a dataflow collected, by the name given to stream::collect.
class run_result {
public:
  explicit run_result(std::map<std::string, std::string> collected) : collected_{std::move(collected)} {}

  /// The collected records, a line each, in no particular order between subtasks. Throws std::out_of_range
  /// for a name that nothing was collected under.
  [[nodiscard]] std::vector<std::string> lines(const std::string& name) const;

  /// The same in byte order: to compare with what is expected whatever the parallelism.
  [[nodiscard]] std::vector<std::string> sorted_lines(const std::string& name) const;

private:
  std::map<std::string, std::string> collected_;
};

/// Runs the dataflow to its end. Throws std::runtime_error with the chain of causes when it fails, and
/// std::invalid_argument when it cannot be run as it is.
run_result run(const environment& env, const run_options& options = {});

} // namespace weir::testing
