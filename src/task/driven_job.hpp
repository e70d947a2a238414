#pragma once

#include "state/snapshot_reader.hpp"
#include "task/driven_task.hpp"
#include "task/task_states.hpp"

#include <weir/testing.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// What weir::testing::harness drives: all subtasks of a small job in this thread, connected by lines without
/// limits, on a clock that stands still.
class driven_job final : public testing::piece {
public:
  /// `env` outlives the job, and so do the files that its operators see; by default those of the system.
  /// Throws std::invalid_argument for a graph that cannot be run, std::runtime_error for all else.
  driven_job(const environment& env, const testing::harness_options& options, file_system* files = nullptr);
  ~driven_job() override;

  void settle() override;
  void set_processing_time(std::int64_t ms) override;
  [[nodiscard]] std::int64_t processing_time() const override;
  bool step(std::uint64_t choice) override;
  [[nodiscard]] std::string snapshot() override;
  [[nodiscard]] std::uint64_t last_checkpoint() const override { return last_checkpoint_; }
  void complete_checkpoint(std::uint64_t checkpoint) override;
  void abort_checkpoint(std::uint64_t checkpoint) override;
  [[nodiscard]] bool is_done() const override;
  void discard() override;
  [[nodiscard]] std::map<std::string, std::string> accumulators() override;

private:
  class manual_platform;

  void settle_once();
  [[nodiscard]] std::optional<std::int64_t> next_wake() const;
  void connect();
  [[nodiscard]] state_settings settings_of_states();
  [[nodiscard]] std::vector<snapshot_chain> chains_of(const operator_id& of) const;
  void restore(const std::string& bytes);

  /// A folder that is made when it is needed, and goes with its object.
  class scratch_folder {
  public:
    explicit scratch_folder(platform& of) : of_{of} {}
    ~scratch_folder();
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    const std::string& path();

  private:
    platform& of_;
    std::string path_;
  };

  testing::harness_options options_;
  std::unique_ptr<platform> storage_; ///< of snapshots and databases
  std::unique_ptr<manual_platform> platform_;
  job_graph graph_;
  const detail::stream_graph& code_;
  scratch_folder folder_; ///< outlives what has files in it
  std::vector<std::shared_ptr<const snapshot_reader>> restored_;
  std::uint64_t last_checkpoint_;
  std::optional<task_states> states_;
  std::vector<std::unique_ptr<driven_task>> tasks_; ///< producers before consumers
};

} // namespace weir
