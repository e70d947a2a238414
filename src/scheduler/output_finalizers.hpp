#pragma once

#include "base/platform.hpp"
#include "dataflow/job_graph.hpp"
#include "scheduler/failover_regions.hpp"
#include "scheduler/job_status.hpp"
#include "scheduler/slot_pool.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// Where a job that does not finish may leave what its sinks have prepared, and the attempts that end it.
///
/// A sink that is told of the job's end removes what it has prepared. One that failed, was lost with its
/// worker or ended before that cannot: a finalizer is deployed for its subtask, an attempt that only opens
/// the sinks. They commit what the newest checkpoint lists and remove the rest (protocol-checkpoint, decision
/// 27). One that fails or is lost is followed by another, a few times: of a disk that is full for a moment
/// nothing shall be left for good.
class output_finalizers {
public:
  explicit output_finalizers(const job_graph& graph);

  /// An attempt of the subtask is deployed, which may prepare something.
  void on_deployed(const attempt_id& attempt);
  /// The attempt is told that the job ends.
  void on_told_end(const attempt_id& attempt) { told_.insert(attempt); }
  /// The attempt has told its end, or is lost. `ran`: it was RUNNING.
  void on_ended(const attempt_id& attempt, task_state how, bool ran);
  /// The attempt has told that it ended before it ran: all there can be is from earlier ones.
  void on_not_opened(const attempt_id& attempt);

  /// There was a master before: who knows what was deployed.
  void expect_all();

  /// Nothing is left of the job at its sinks, as far as can be done.
  [[nodiscard]] bool done() const { return open_.empty(); }
  /// Subtasks that need a finalizer now and have none, by vertex, then subtask.
  [[nodiscard]] std::vector<subtask_place> due() const;

  /// `before`: the subtask's last attempt. Returns that of the finalizer, which is newer than any.
  attempt_id start(const attempt_id& before, const slot_grant& slot);

  struct ended {
    attempt_id finalizer;
    std::string failure;                 ///< empty: all is done
    bool is_given_up = !failure.empty(); ///< else another one follows
  };
  /// What became of a finalizer; nothing when the update is not about one, or not about its end.
  std::optional<ended> on_update(const attempt_id& attempt, const session_id& session, task_state to,
                                 const std::string& cause);
  /// Finalizers in these slots are lost, and due again. Returns those that were lost too often.
  std::vector<ended> lose(const std::function<bool(const slot_grant&)>& gone);
  void give_up() { open_.clear(), running_.clear(), resting_.clear(); }

  /// Lets those be due again whose last finalizer has failed a while ago.
  void on_tick(time_point now);
  /// When on_tick has something to do; time_point::min(): at once.
  [[nodiscard]] time_point wake_at() const;

private:
  static constexpr std::uint32_t tries_max = 3; ///< of one subtask

  struct finalizer {
    attempt_id attempt;
    slot_grant slot;
  };

  std::vector<std::uint32_t> parallelism_; ///< by vertex; 0: no sink of it prepares anything
  std::set<subtask_place> open_;
  std::set<attempt_id> first_; ///< behind which nothing was open
  std::set<attempt_id> told_;
  std::map<subtask_place, finalizer> running_;
  std::map<subtask_place, std::uint32_t> tries_;
  std::map<subtask_place, time_point> resting_; ///< until then; min(): it has just failed
};

} // namespace weir
