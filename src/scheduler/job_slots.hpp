#pragma once

#include "scheduler/slot_pool.hpp"
#include "scheduler/slot_sharing.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <map>
#include <set>
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
/// would be for a slot that does not exist. A restart collects slots only for those groups that lost theirs.
class job_slots {
public:
  /// All slots are wanted. `go_back`: groups that lost their slot are to go to the worker where they were, if
  /// that has one.
  explicit job_slots(const job_graph& graph, bool go_back = false);

  /// Slots of the job when all of it runs.
  [[nodiscard]] std::uint32_t required() const { return sharing_.slots(); }
  [[nodiscard]] std::uint32_t held() const { return static_cast<std::uint32_t>(held_.size()); }

  /// How many more would be taken.
  [[nodiscard]] std::uint32_t lacking() const;
  [[nodiscard]] bool complete() const { return lacking() == 0; }

  /// Where those that lack would best be; empty unless groups are to go back.
  [[nodiscard]] slot_preference preferred() const;

  /// The subtask's slot is to be there at the next assign(): it is kept, or collected if it is lost.
  void want(std::uint32_t vertex, std::uint32_t subtask) {
    wanted_.insert(sharing_.slot_of(vertex, subtask));
  }

  /// Nothing is to be collected any more. Takes out the slots that are not in use, which the caller returns
  /// to their workers; `is_used(slot_of(…))` says which are.
  template <class IsUsed>
  std::vector<slot_grant> give_up(IsUsed is_used) {
    wanted_.clear();
    std::vector<slot_grant> idle;
    std::erase_if(held_, [&](const auto& entry) {
      if (is_used(entry.second))
        return false;
      idle.push_back(entry.second);
      return true;
    });
    return idle;
  }

  void introduce(const session_id& session, worker_location location);

  enum class answer { accept, reject, drop };

  /// What to say to an offered slot, which is taken with `accept`. `collecting`: the job takes what it lacks.
  answer on_offer(const offer& message, bool collecting);

  /// Whether the loss of one session means that the other is lost: the same process, not registered later.
  static bool covers(const session_id& lost, const session_id& other);

  /// Forgets the slots of the session and of earlier ones of the same process: never of later ones.
  void lose(const session_id& session);

  /// The worker does not have the slot.
  void drop(const allocation_id& allocation);

  /// All slots were returned.
  void drop_all() { held_.clear(); }

  /// Gives each group of subtasks that is wanted and has none its slot. Requires complete().
  void assign();

  /// The slot of a subtask, once assigned and while not lost; else nullptr.
  [[nodiscard]] const slot_grant* slot_of(const attempt_id& attempt) const;

  /// Requires that the session was introduced.
  [[nodiscard]] const worker_location& location(const session_id& session) const;

  [[nodiscard]] const std::map<allocation_id, slot_grant>& all() const { return held_; }

private:
  [[nodiscard]] const slot_grant* assigned(std::uint32_t slot) const;
  [[nodiscard]] std::vector<std::uint32_t> empty() const;
  [[nodiscard]] std::vector<slot_grant> spare() const;

  slot_sharing sharing_;
  bool go_back_;
  std::map<session_id, worker_location> locations_;
  std::map<incarnation_id, std::uint64_t> lost_; ///< the highest registration known to be lost
  std::map<allocation_id, slot_grant> held_;
  std::set<std::uint32_t> wanted_;                  ///< slots of the sharing
  std::map<std::uint32_t, allocation_id> assigned_; ///< by slot of the sharing; what is not held is lost
  std::map<std::uint32_t, incarnation_id> was_at_;  ///< by slot of the sharing, if they are to go back
};

} // namespace weir
