#pragma once

#include "base/fenced_folder.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"
#include "scheduler/job_store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir {

/// Keeps each record in a file of its own, named by the job's id, in `folder`, which is below the fenced one.
/// Writes are done by the platform's executor, one after the other. One that fails is tried again, before any
/// later one, with the next put(), remove() or retry(): nothing lands out of order, and nothing is skipped.
///
/// `fenced` is called once, by any thread, when another master leads: nothing lands any more.
///
/// A record that cannot be read is logged and left where it is: that job is not recovered, and the others
/// are.
result<std::unique_ptr<job_store>> open_durable_job_store(platform& environment,
                                                          std::shared_ptr<fenced_folder> fence,
                                                          const std::string& folder,
                                                          std::function<void(const error&)> fenced);

} // namespace weir
