#pragma once

#include "base/platform.hpp"
#include "scheduler/execution_graph.hpp"
#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace weir {

/// A checkpoint that waits for its subtasks. A task that had finished, or finishes meanwhile without having
/// acknowledged, has nothing to add: what it had in the checkpoint before still holds.
class pending_checkpoint {
public:
  struct description {
    checkpoint_id id = 0;
    checkpoint_id base = 0; ///< 0: everything is written
    std::int64_t triggered_wall_ms = 0;
    time_point expires_at{};
    std::vector<std::uint64_t> requests; ///< of those who asked for it
  };

  /// Awaits all attempts that have not finished.
  pending_checkpoint(description what, const execution_graph& execution);

  [[nodiscard]] const description& what() const { return what_; }

  /// Whether this attempt's part is still to come.
  [[nodiscard]] bool awaits(const attempt_id& attempt) const;
  [[nodiscard]] bool has_all() const { return awaited_ == 0; }

  /// The attempt's part came: what it is restored from, the full snapshot first. Requires awaits().
  void acknowledge(const attempt_id& attempt, std::vector<snapshot_handle> chain);
  /// The attempt has finished. Requires awaits().
  void finish(const attempt_id& attempt);

  /// What came, in no particular order.
  [[nodiscard]] std::vector<snapshot_handle> files() const;

  /// Whether parts may have changes since that completed one: a task takes the newest it has heard of, which
  /// may be newer than the base that it was told.
  [[nodiscard]] bool may_build_on(checkpoint_id completed) const {
    return what_.base != 0 && completed >= what_.base && completed < what_.id;
  }

  /// All parts put together. `before`: the newest completed one, or nullptr. Requires has_all().
  [[nodiscard]] completed_checkpoint complete(const job_id& job, const job_graph& graph, std::int64_t wall_ms,
                                              const completed_checkpoint* before) const;

private:
  struct part {
    attempt_id attempt;
    bool awaited = true;
    bool finished = false;
    std::vector<snapshot_handle> chain; ///< unless finished
  };

  part& part_of(const attempt_id& attempt) { return parts_[attempt.vertex][attempt.subtask]; }

  description what_;
  std::vector<std::vector<part>> parts_;
  std::uint32_t awaited_ = 0;
};

/// What a checkpoint, or nullptr, has of a subtask; nullptr: nothing.
const completed_subtask* find_subtask(const completed_checkpoint* in, const operator_id& vertex,
                                      std::uint32_t subtask);

/// What a subtask is restored from when its part is `state`, with `base` what it had in the checkpoint that
/// this builds on, or nullptr. Nothing when it has changes since a snapshot that is not there.
std::optional<std::vector<snapshot_handle>> extend_chain(const completed_subtask* base,
                                                         const snapshot_handle& state);

} // namespace weir
