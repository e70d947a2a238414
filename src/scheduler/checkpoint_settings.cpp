#include "scheduler/checkpoint_settings.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"

namespace weir {

namespace {

checkpoint_retention read_retention(const std::string& text) {
  if (text == "RETAIN_ON_CANCELLATION")
    return checkpoint_retention::after_failure_cancel;
  return text == "DELETE_ON_CANCELLATION" ? checkpoint_retention::after_failure : checkpoint_retention::none;
}

} // namespace

checkpoint_settings read_checkpoint_settings(const configuration& values) {
  auto count = [&](const option<std::int64_t>& of) { return static_cast<std::uint32_t>(values.get(of)); };
  checkpoint_settings read;
  read.interval = values.get(options::checkpointing_interval);
  read.timeout = values.get(options::checkpointing_timeout);
  read.min_pause = values.get(options::checkpointing_min_pause);
  read.max_concurrent = count(options::checkpointing_max_concurrent);
  read.tolerable_failures = count(options::checkpointing_tolerable_failed);
  read.num_retained = count(options::checkpointing_num_retained);
  read.mode = values.get(options::checkpointing_mode) == "EXACTLY_ONCE" ? checkpoint_mode::exactly_once
                                                                        : checkpoint_mode::at_least_once;
  read.retention = read_retention(values.get(options::checkpointing_retention));
  read.incremental = values.get(options::checkpointing_incremental);
  read.chain_length_max = count(options::snapshot_fold_length);
  read.chain_ratio_max = values.get(options::snapshot_fold_ratio);
  read.directory = values.get(options::checkpointing_dir);
  read.local_copies = values.get(options::state_recovery_from_local);
  read.history_size = count(options::web_checkpoints_history);
  return read;
}

} // namespace weir
