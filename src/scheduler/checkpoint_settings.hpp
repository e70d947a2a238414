#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir {

class configuration;

enum class checkpoint_mode : std::uint8_t {
  exactly_once,
  at_least_once, ///< nothing waits for a barrier: after a failure records may count twice
};

/// Which of its checkpoints a job leaves behind when it ends. One that has finished leaves none.
enum class checkpoint_retention : std::uint8_t {
  none,
  after_failure,        ///< DELETE_ON_CANCELLATION
  after_failure_cancel, ///< RETAIN_ON_CANCELLATION
};

/// How a job takes checkpoints: the keys below execution.checkpointing.
struct checkpoint_settings {
  std::chrono::milliseconds interval{0}; ///< 0: there are none
  std::chrono::milliseconds timeout{600'000};
  std::chrono::milliseconds min_pause{0};
  std::uint32_t max_concurrent = 1;
  std::uint32_t tolerable_failures = 0; ///< one after the other, before the job fails
  std::uint32_t num_retained = 1;
  checkpoint_mode mode = checkpoint_mode::exactly_once;
  checkpoint_retention retention = checkpoint_retention::none;
  bool incremental = false;
  /// A chain of snapshots that has come to this many changes, or to changes of so many parts of the full
  /// snapshot's size, is not made longer: state.snapshot.fold.length and .ratio.
  std::uint32_t chain_length_max = 10;
  double chain_ratio_max = 0.5;
  std::string directory; ///< execution.checkpointing.dir
  /// Workers keep copies, and tasks go back to where they were: execution.state-recovery.from-local.
  bool local_copies = false;
  std::uint32_t history_size = 10; ///< web.checkpoints.history

  [[nodiscard]] bool enabled() const { return interval.count() > 0; }
};

checkpoint_settings read_checkpoint_settings(const configuration& values);

} // namespace weir
