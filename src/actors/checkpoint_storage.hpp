#pragma once

#include "base/platform.hpp"
#include "base/serial_executor.hpp"
#include "scheduler/checkpoint_actions.hpp"
#include "scheduler/checkpoint_coordinator.hpp"
#include "state/checkpoint_store.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace weir::actors {

/// The store was opened: what the job goes on from, or why that cannot be known.
struct storage_opened {
  result<recovered_checkpoints> found;
};

struct counter_outcome {
  store_counter wanted;
  result<void> outcome;
};

struct checkpoint_outcome {
  checkpoint_id checkpoint = 0;
  result<std::string> path; ///< of its folder
};

struct removal_outcome {
  checkpoint_id checkpoint = 0;
  result<void> outcome;
};

/// Of end_checkpoints, which may be tried again.
struct end_outcome {
  end_checkpoints wanted;
  result<void> outcome;
};

/// The files of one job's checkpoints, for a job manager: what its coordinator wants is done by the
/// platform's executor, one thing after the other. What became of it is told to `tell` by any thread.
///
/// A step whose outcome nobody knows makes the store be opened again before the next one.
class checkpoint_storage {
public:
  using outcome =
      std::variant<storage_opened, counter_outcome, checkpoint_outcome, removal_outcome, end_outcome>;

  struct settings {
    std::string dir; ///< execution.checkpointing.dir
    job_id job;
    leader_epoch epoch;
  };

  /// `environment` outlives all that is done.
  checkpoint_storage(platform& environment, settings with, std::function<void(outcome)> tell);

  void open();
  void perform(store_counter action);
  void perform(store_checkpoint action);
  void perform(remove_checkpoint action);
  void perform(abandon_checkpoint action);
  void perform(delete_files action);
  void perform(sweep_files action);
  void perform(end_checkpoints action);

private:
  class work;

  template <class F>
  void later(F&& step);

  std::shared_ptr<work> work_;
  serial_executor steps_;
};

} // namespace weir::actors
