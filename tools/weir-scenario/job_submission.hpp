#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace weir::scenario {

/// The path of a job library: "name" is one of the tests or an example, beside the folder of the programs; a
/// path is relative to the script.
std::filesystem::path job_library(const std::string& named, const std::filesystem::path& programs,
                                  const std::filesystem::path& script);

struct job_submission {
  std::filesystem::path weir; ///< the program
  std::string master;         ///< REST address
  std::filesystem::path library;
  std::vector<std::string> options;
  std::vector<std::string> arguments;
};

/// Submits a job and returns its id.
result<std::string> submit(const job_submission& what);

} // namespace weir::scenario
