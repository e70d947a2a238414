#pragma once

#include "base/configuration.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "rest/cluster_gateway.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace weir::actors {

/// A master and workers in this process: the same actors as in separate ones, joined by a connector without a
/// network. Nothing listens on a port. The destructor ends the jobs that still run, and waits for their
/// tasks.
class local_cluster {
public:
  virtual ~local_cluster() = default;

  /// `environment` must live longer than the cluster. Waits until all workers are registered.
  static result<std::unique_ptr<local_cluster>> start(platform& environment, const configuration& settings,
                                                      std::uint32_t workers = 1);

  [[nodiscard]] virtual cluster_gateway& gateway() = 0;

  /// Hands in a job with the bytes of its library, and waits until it has ended or `stop_waiting` says so; it
  /// is asked about every 20 ms. Returns what is known of the job then.
  virtual result<job_details> run(job_submission job, std::vector<char> library,
                                  const std::function<bool(const job_details&)>& stop_waiting = {}) = 0;
};

} // namespace weir::actors
