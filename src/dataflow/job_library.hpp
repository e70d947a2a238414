#pragma once

#include "base/result.hpp"
#include "dataflow/job_spec.hpp"

#include <weir/detail/graph.hpp>
#include <weir/detail/job_entry.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir {

class platform;

/// The longest file that is read as a job library.
inline constexpr std::uint64_t job_library_bytes_max = std::uint64_t{1} << 30;

struct job_library_info {
  std::string abi;
  std::vector<std::string> jobs; ///< names of its job functions, in their order
};

/// Reads what a job library says of itself, without running any of its code. Fails with invalid_argument when
/// the bytes are no job library that this program can load; the message is a clause that says what they are
/// and what to do.
result<job_library_info> inspect_job_library(std::span<const char> bytes);

/// Job functions loaded into this process, or linked into this program.
///
/// A library stays in the process for ever, also when the last job_library for it is gone. To unload it would
/// take the code away from under whatever was made from it: operators, batches in flight, record types,
/// thread-local objects whose destructors run at the end of their threads. The price is the memory of each
/// version that was ever loaded.
class job_library {
public:
  /// What a program itself has, or another table of job functions that stay.
  explicit job_library(detail::job_table table) : table_{table} {}

  /// Inspects the file and loads it. Runs the initialisers of its global objects, so it may block: not for an
  /// actor's thread. Errors name the path.
  static result<std::shared_ptr<const job_library>> load(platform& system, const std::string& path);

  /// The names of its job functions, in their order.
  [[nodiscard]] std::vector<std::string> names() const;

  /// Calls the job function that `spec` names with its arguments. The graph's name is the function's unless
  /// that sets another. Runs user code: whatever it throws becomes an error that names the job,
  /// invalid_argument for arguments and graphs that the engine refuses and failed for the rest.
  [[nodiscard]] result<std::shared_ptr<const detail::stream_graph>> build(const job_spec& spec) const;

private:
  [[nodiscard]] result<const detail::job_entry*> find(const std::string& name) const;

  detail::job_table table_;
};

} // namespace weir
