#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "scheduler/blob_files.hpp"
#include "scheduler/job_store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir {

/// What a master keeps over its end, in the folder that high_availability_folder() says.
///
///     <folder>/jobs/<job id>        a record each
///              libraries/<sha-256>  the job libraries
///              .epoch-<n>/          the master of epoch n leads
struct master_storage {
  leader_epoch epoch; ///< above those of all masters that had the folder
  std::unique_ptr<job_store> jobs;
  std::shared_ptr<blob_files> libraries; ///< to be opened
};

/// Makes this process the master that leads: what any other one still writes comes to nothing. `fenced` is
/// called once, by any thread, when another has become the leader: this one is to stop then.
result<master_storage> open_master_storage(platform& environment, const std::string& folder,
                                           std::function<void(const error&)> fenced);

} // namespace weir
