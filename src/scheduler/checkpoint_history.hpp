#pragma once

#include "scheduler/checkpoint_settings.hpp"
#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What people see of a job's checkpoints. Times are wall times and durations in milliseconds, sizes bytes.
namespace weir {

enum class checkpoint_status : std::uint8_t { in_progress, completed, failed };

/// A subtask's part in a checkpoint.
struct subtask_checkpoint {
  std::int64_t acknowledged_wall_ms = -1; ///< -1: it has not
  bool finished = false;                  ///< its task had; it has nothing to do
  std::uint64_t written_size = 0;         ///< of its file
  std::uint64_t state_size = 0;           ///< of the files that it goes back to
  checkpoint_timings timings;
};

struct checkpoint_record {
  checkpoint_id id = 0;
  checkpoint_kind kind = checkpoint_kind::checkpoint;
  checkpoint_status status = checkpoint_status::in_progress;
  bool full = true; ///< not built upon an earlier one
  std::int64_t triggered_wall_ms = 0;
  std::int64_t ended_wall_ms = -1;
  std::string failure;
  std::string path;                                      ///< of its folder, once completed
  bool discarded = false;                                ///< completed, and superseded since
  std::vector<std::vector<subtask_checkpoint>> vertices; ///< by vertex, then subtask
};

/// Sums over subtasks, of one vertex or all.
struct checkpoint_totals {
  std::uint32_t subtasks = 0;
  std::uint32_t acknowledged = 0;
  std::int64_t latest_acknowledged_wall_ms = -1;
  std::uint64_t written_size = 0;
  std::uint64_t state_size = 0;
};
checkpoint_totals totals(const std::vector<subtask_checkpoint>& vertex);
checkpoint_totals totals(const checkpoint_record& of);

struct checkpoint_counts {
  std::uint64_t restored = 0;
  std::uint64_t total = 0;
  std::uint64_t in_progress = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
};

struct restored_checkpoint {
  checkpoint_id id = 0;
  checkpoint_kind kind = checkpoint_kind::checkpoint;
  std::string path;
  std::int64_t restored_wall_ms = 0;
};

/// For the summary over the last completed ones.
struct checkpoint_figures {
  std::uint64_t written_size = 0;
  std::uint64_t state_size = 0;
  std::int64_t duration_ms = 0; ///< from the trigger to the end
};

struct checkpoint_overview {
  checkpoint_settings settings;
  checkpoint_counts counts;
  std::vector<std::shared_ptr<const checkpoint_record>> history; ///< newest first
  std::shared_ptr<const checkpoint_record> latest_completed;     ///< or nullptr
  std::shared_ptr<const checkpoint_record> latest_failed;        ///< or nullptr
  std::optional<restored_checkpoint> latest_restored;
  std::deque<checkpoint_figures> figures; ///< of the last thousand, oldest first
};

/// Remembers the checkpoints of a job: all that are under way, and the newest of the others.
class checkpoint_history {
public:
  explicit checkpoint_history(checkpoint_settings settings) : settings_{std::move(settings)} {}

  void on_triggered(checkpoint_record begun);
  void on_part(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask, const subtask_checkpoint& part);
  void on_completed(checkpoint_id id, const std::string& path, std::int64_t wall_ms);
  void on_failed(checkpoint_id id, const std::string& why, std::int64_t wall_ms);
  void on_discarded(checkpoint_id id);
  void on_restored(restored_checkpoint from);

  [[nodiscard]] checkpoint_overview overview() const;

private:
  using record_ptr = std::shared_ptr<const checkpoint_record>;

  record_ptr end(checkpoint_id id, checkpoint_status how, std::int64_t wall_ms);
  static void discard(record_ptr& record, checkpoint_id id);

  checkpoint_settings settings_;
  checkpoint_counts counts_;
  std::map<checkpoint_id, checkpoint_record> under_way_;
  std::deque<record_ptr> ended_; ///< newest first
  record_ptr latest_completed_;
  record_ptr latest_failed_;
  std::optional<restored_checkpoint> latest_restored_;
  std::deque<checkpoint_figures> figures_;
};

} // namespace weir
