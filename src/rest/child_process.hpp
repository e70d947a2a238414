#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace weir {

/// A program to run to its end.
struct child_command {
  std::vector<std::string> arguments; ///< the first is the program's path
  std::chrono::milliseconds timeout{60'000};
  std::size_t output_bytes_max = 16 * 1024 * 1024; ///< of each of the two streams; more ends the program
};

struct child_outcome {
  enum class ending { exited, signaled, timed_out, stopped, wrote_too_much };

  ending how = ending::exited;
  int code = 0; ///< exit code or signal number
  std::string output;
  std::string errors;
};

/// Runs a program with an empty standard input and captures what it writes. It leads a process group of its
/// own, which is killed as a whole when the time is up. Blocks; fails only when the program cannot be
/// started.
result<child_outcome> run_child(const child_command& command, weir::clock& clock,
                                const std::stop_token& stop = {});

} // namespace weir
