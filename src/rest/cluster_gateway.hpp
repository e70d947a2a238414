#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "dataflow/job_graph.hpp"
#include "dataflow/job_spec.hpp"
#include "scheduler/job_status.hpp"
#include "scheduler/worker_status.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// A request to run a job whose library is already in the blob store.
struct job_submission {
  job_id id;
  job_spec spec;
  std::shared_ptr<const job_graph> graph;
};

/// What the REST server and the programs in this process ask of the cluster. The actors fulfil it.
///
/// Every call returns at once; `done` runs later, on a thread of the cluster, exactly once: also when the
/// cluster shuts down or a limit (`web.timeout`) passes. Safe to call from any thread.
class cluster_gateway {
public:
  template <class T>
  using callback = std::function<void(result<T>)>;

  virtual ~cluster_gateway() = default;

  virtual void workers(callback<std::vector<worker_status>> done) = 0;
  virtual void jobs(callback<std::vector<job_summary>> done) = 0;
  virtual void job(job_id id, callback<job_details> done) = 0;

  /// Does the store hold the library? A yes holds it for this submission's retry window (protocol-control,
  /// B1).
  virtual void has_library(std::string hash, job_id submission, callback<bool> done) = 0;
  /// Fails with invalid_argument when the bytes do not have that hash.
  virtual void put_library(std::string hash, std::string bytes, job_id submission, callback<void> done) = 0;
  /// Known id: success, and nothing is started. not_found: the library is not in the store; upload it again.
  virtual void submit(job_submission submission, callback<job_id> done) = 0;
  /// Success as soon as the wish is stored. already_exists: the job has ended; the message says how.
  virtual void cancel(job_id id, callback<void> done) = 0;
  /// Takes a checkpoint of the job now; `full`: all of its state is written. Ends with the checkpoint, so
  /// `web.timeout` is no limit to it, but `execution.checkpointing.timeout`. unavailable: the job cannot take
  /// one at present; failed: this one came to nothing.
  virtual void checkpoint(job_id id, bool full, callback<checkpoint_id> done) = 0;
};

} // namespace weir
