#pragma once

#include "job_progress.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::tools {

/// What an attached run shows while the job runs: a line that changes, on a terminal only, after which
/// failures the job is restarted, and what it waits for.
class run_display {
public:
  run_display();
  ~run_display();
  run_display(const run_display&) = delete;

  void show(const job_progress& now);

  /// Takes the line away, so that something else can be written.
  void clear();

private:
  void tell_restart(const job_progress& now);
  void tell_waiting(const job_progress& now);

  bool on_terminal_;
  bool line_is_shown_ = false;
  std::string told_; ///< what it was said to wait for
  std::pair<std::int64_t, std::string> told_failure_{-1, ""};
  std::int64_t shown_at_ms_ = -1;
  record_rate rate_;
};

/// An accumulator of an ended job.
struct accumulator_line {
  std::string name;
  std::string type;
  std::string value;
};

/// How a job ended.
struct job_end {
  std::string id;
  std::string state; ///< FINISHED, FAILED or CANCELED
  std::int64_t runtime_ms = 0;
  std::vector<std::pair<std::string, std::string>> results; ///< name and lines
  std::vector<accumulator_line> accumulators;
  std::string cause; ///< of a failure, with its chain
  std::string task;  ///< where it came from; empty: not from a task
  std::string worker;
};

/// Prints the lines that scripts look for, and the results; for a job that did not finish, why, on standard
/// error. `asked_to_cancel`: a job that is CANCELED ended as it should. Returns the exit code.
int tell_end(const job_end& end, bool asked_to_cancel);

} // namespace weir::tools
