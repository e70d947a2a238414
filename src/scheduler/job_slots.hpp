#pragma once

#include "scheduler/slot_pool.hpp"
#include "scheduler/slot_sharing.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir {

/// Where the tasks of a session run.
struct worker_location {
  std::string name; ///< worker_name()
  node_address address;
};

/// The slots that a job holds (protocol-control, J1 to J3).
///
/// Slots are collected first and given to groups of subtasks when all are there, as only then is it known how
/// to spread them. What belongs to a lost session is gone and stays gone: an offer of it that comes late
/// would be for a slot that does not exist.
class job_slots {
public:
  explicit job_slots(const job_graph& graph) : sharing_{graph} {}

  /// Slots the job needs to run.
  [[nodiscard]] std::uint32_t required() const { return sharing_.slots(); }
  [[nodiscard]] std::uint32_t held() const { return static_cast<std::uint32_t>(held_.size()); }
  [[nodiscard]] bool complete() const { return held() == required(); }

  void introduce(const session_id& session, worker_location location);

  enum class answer { accept, reject, drop };

  /// What to say to an offered slot, which is taken with `accept`. `wanted`: the job is still collecting.
  answer on_offer(const offer& message, bool wanted);

  /// Whether the loss of one session means that the other is lost: the same process, not registered later.
  static bool covers(const session_id& lost, const session_id& other);

  /// Forgets the slots of the session and of earlier ones of the same process: never of later ones.
  void lose(const session_id& session);

  /// The worker does not have the slot.
  void drop(const allocation_id& allocation);

  /// All slots were returned.
  void drop_all() { held_.clear(); }

  /// Gives each group of subtasks its slot. Requires complete().
  void assign();

  /// The slot of a subtask, once assigned and while not lost; else nullptr.
  [[nodiscard]] const slot_grant* slot_of(const attempt_id& attempt) const;

  /// Requires that the session was introduced.
  [[nodiscard]] const worker_location& location(const session_id& session) const;

  [[nodiscard]] const std::map<allocation_id, slot_grant>& all() const { return held_; }

private:
  slot_sharing sharing_;
  std::map<session_id, worker_location> locations_;
  std::map<incarnation_id, std::uint64_t> lost_; ///< the highest registration known to be lost
  std::map<allocation_id, slot_grant> held_;
  std::vector<allocation_id> assigned_; ///< by slot of the sharing; empty until assign()
};

} // namespace weir
