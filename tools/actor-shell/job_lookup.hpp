#pragma once

#include "command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::tools::shell {

struct known_job {
  std::string id;
  std::string name;
  std::string state;
};

/// All jobs, in reading order.
result<std::vector<known_job>> known_jobs(cluster& of);

/// The jobs that `text` can mean: by their id, the beginning of it, or their name. Of several jobs of one
/// name the one that has not ended is meant.
std::vector<known_job> jobs_meant(const std::vector<known_job>& jobs, std::string_view text);

/// The one job that `text` means. An error names the jobs that it could be.
result<known_job> find_job(const std::vector<known_job>& jobs, std::string_view text);

/// "1a2b… (word_count, RUNNING)".
std::string description(const known_job& job);

/// "a, b or c"; of many only the first few, with the number of the others.
std::string enumeration(const std::vector<std::string>& things);

} // namespace weir::tools::shell
