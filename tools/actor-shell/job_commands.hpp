#pragma once

#include "command.hpp"

namespace weir::tools::shell {

result<answer> jobs(cluster& of, const arguments& none);

/// Of the job that is named, else of all that have not ended.
result<answer> tasks(cluster& of, const arguments& job);

/// The checkpoints of a job.
result<answer> checkpoints(cluster& of, const arguments& job);

/// What a job waits for, followed to the cause.
result<answer> why(cluster& of, const arguments& job);

} // namespace weir::tools::shell
