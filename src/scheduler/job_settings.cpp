#include "scheduler/job_settings.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"

namespace weir {

result<job_settings> read_job_settings(const configuration& cluster, const job_spec& job,
                                       leader_epoch epoch) {
  configuration values = cluster;
  for (const auto& [key, value] : job.configuration)
    if (auto set = values.set(key, value, "the job's configuration"); !set)
      return set.failure();
  if (auto sound = check_together(values); !sound)
    return sound.failure();
  job_settings read{.epoch = epoch,
                    .collect_max_size = values.get(options::collect_max_size).bytes,
                    .failure_history_size =
                        static_cast<std::uint32_t>(values.get(options::web_exception_history_size)),
                    .checkpoints = read_checkpoint_settings(values)};
  if (read.checkpoints.enabled() && read.checkpoints.directory.empty())
    return error{errc::invalid_argument, std::string{options::checkpointing_interval.key} + " is set, and " +
                                             std::string{options::checkpointing_dir.key} +
                                             " is not: name a folder that the master and all workers see"};
  if (read.checkpoints.enabled() && !read.checkpoints.directory.starts_with('/'))
    return error{errc::invalid_argument,
                 std::string{options::checkpointing_dir.key} + " (" + read.checkpoints.directory +
                     ") must be an absolute path: each node has a working folder of its own"};
  read.failover.restart = read_restart_settings(values, read.checkpoints.enabled());
  read.failover.by_region = values.get(options::failover_strategy) == "region";
  return read;
}

} // namespace weir
