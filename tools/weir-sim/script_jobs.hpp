#pragma once

#include "cluster.hpp"

#include "base/result.hpp"
#include "dataflow/job_code.hpp"
#include "rest/cluster_gateway.hpp"

#include <memory>
#include <string>
#include <vector>

namespace weir::simulation {

/// The jobs that scripts may run in the simulation: those that are linked into this program, each under the
/// name of its library.
class script_jobs final : public job_code_provider {
public:
  [[nodiscard]] static bool has(const std::string& library);
  /// What is wrong with options of `weir run`; empty: nothing.
  [[nodiscard]] static std::string problem_with(const std::vector<std::string>& options);

  /// Which its users take for the bytes of any of them.
  [[nodiscard]] static const std::string& library_bytes();

  /// What a client sends for such a job. Fails as `weir run` does, for arguments and options that are wrong.
  result<job_submission> submission(const scenario::job_request& what, job_id id);

  result<std::shared_ptr<const detail::stream_graph>> build(const std::string& library_path,
                                                            const job_spec& spec) override;
};

} // namespace weir::simulation
