#pragma once

#include "base/result.hpp"
#include "dataflow/job_graph.hpp"
#include "dataflow/job_spec.hpp"

#include <weir/detail/graph.hpp>

#include <memory>
#include <string>

namespace weir {

class platform;

/// How the graph of a job is to be compiled: what `spec.configuration` says over the defaults. Client and
/// workers both ask here, so that the same specification gives the same graph. Fails when a value has the
/// wrong form.
result<compile_options> compile_options_of(const job_spec& spec);

/// Where a worker gets the code of a job from.
class job_code_provider {
public:
  virtual ~job_code_provider() = default;

  /// Runs the job function. `library_path` is a file with the library that `spec` names. May block: not for
  /// an actor's thread. Safe to call from several threads.
  virtual result<std::shared_ptr<const detail::stream_graph>> build(const std::string& library_path,
                                                                    const job_spec& spec) = 0;
};

/// Loads the job library into this process.
std::unique_ptr<job_code_provider> make_library_code_provider(platform& system);

/// A job as a worker runs it.
struct job_code {
  std::shared_ptr<const detail::stream_graph> code;
  std::shared_ptr<const job_graph> graph;
};

/// Builds and compiles the job, and checks that it is the one that was submitted: a job function that builds
/// another graph here than at the client cannot be run.
result<job_code> make_job_code(job_code_provider& provider, const std::string& library_path,
                               const job_spec& spec);

} // namespace weir
