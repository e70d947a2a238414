#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir {

/// All a worker needs to build a job's operators: which library, which job function in it, with which
/// arguments, and what graph must come out.
struct job_spec {
  std::string name;
  std::string library_hash; ///< SHA-256 of the job library, 64 hexadecimal digits
  std::string library_name; ///< file name the user gave, for messages
  std::string function;     ///< the job in the library; empty: the only one
  std::vector<std::string> arguments;
  std::uint32_t parallelism = 0;                    ///< default for operators that state none
  std::map<std::string, std::string> configuration; ///< of the job, over the cluster's
  std::uint64_t fingerprint = 0;                    ///< of the job graph the client built
  bool operator==(const job_spec&) const = default;
};

} // namespace weir
