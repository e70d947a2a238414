#pragma once

#include "scheduler/worker_status.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace weir {

/// One slot given to one job.
struct slot_grant {
  session_id session;
  std::uint32_t slot = 0;
  allocation_id allocation;
  bool operator==(const slot_grant&) const = default;
};

/// How many slots a job would like best at which workers, where its tasks have left something. A worker that
/// is not there or has none free is nobody to wait for.
using slot_preference = std::map<incarnation_id, std::uint32_t>;

/// The slots of all present sessions, and who has them. A slot is free again only by its worker's word or by
/// the loss of its session, never by a wish of the master (protocol-control, R4).
class slot_pool {
public:
  /// `spread_evenly`: take from the worker with the smallest part in use; else fill one before the next.
  slot_pool(leader_epoch epoch, bool spread_evenly) : epoch_{epoch}, spread_evenly_{spread_evenly} {}

  void add(const session_id& session, const std::vector<resource_profile>& slots);

  /// Forgets the slots of a session. Returns how many each job had there.
  std::map<job_id, std::uint32_t> remove(const session_id& session);

  /// Gives `count` slots to a job, preferred ones first. Requires `count` <= free_slots().
  std::vector<slot_grant> take(const job_id& job, std::uint32_t count, slot_preference preferred = {});

  /// The worker says that the slot is free. Returns whether it was given under that allocation.
  bool give_back(const session_id& session, std::uint32_t slot, const allocation_id& allocation);

  [[nodiscard]] std::uint32_t free_slots() const { return free_; }
  [[nodiscard]] std::uint32_t held_by(const job_id& job) const;

  /// The slots of a session, by index; empty for one that is not here.
  [[nodiscard]] std::vector<slot_status> slots_of(const session_id& session) const;

  /// The sessions in which a job has slots.
  [[nodiscard]] std::vector<session_id> sessions_of(const job_id& job) const;

private:
  struct worker_slots {
    std::vector<slot_status> slots;
    std::uint32_t used = 0;
  };

  using workers = std::map<session_id, worker_slots>; // ordered: a seed replays the same choices
  workers::iterator next_worker();
  workers::iterator preferred_worker(slot_preference& preferred);

  leader_epoch epoch_;
  bool spread_evenly_;
  workers workers_;
  std::map<job_id, std::uint32_t> held_;
  std::uint32_t free_ = 0;
  std::uint64_t allocations_ = 0;
};

} // namespace weir
