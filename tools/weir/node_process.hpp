#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace weir::tools {

/// A process, told from a later one that got the same number.
struct node_process {
  pid_t id = 0;
  std::uint64_t started = 0; ///< clock ticks from the machine's start to the process's
  bool operator==(const node_process&) const = default;
};

/// Starts `arguments[0]` in a session of its own, without input, writing to two files that are made anew.
result<node_process> start_process(const std::vector<std::string>& arguments, const std::string& output,
                                   const std::string& errors);

/// Whether it has not ended. One that nobody waited for (a zombie) has.
bool is_alive(const node_process& process);

/// The state letter and the start time in the text of /proc/PID/stat.
struct process_stat {
  char state = 0;
  std::uint64_t started = 0;
};
std::optional<process_stat> parse_process_stat(const std::string& text);

} // namespace weir::tools
