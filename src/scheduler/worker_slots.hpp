#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "wire/control_messages.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace weir {

/// The slots of one worker in one session.
///
///     free ─ allocate ─▶ offered ─ accept, deploy ─▶ active ─ release, all tasks ended ─▶ free
///                           ╰──── reject, release ───────────────────────────────────────▶ free
///
/// An allocation id is used once, so what names another than the slot's present one is about the past.
class worker_slots {
public:
  enum class state : std::uint8_t { free, offered, active };

  struct slot {
    state at = state::free;
    allocation_id allocation;
    job_id job;
    bool releasing = false;      ///< free it when its last task has ended
    std::uint32_t tasks = 0;     ///< that have not ended
    std::set<attempt_id> seen;   ///< deployed on this allocation
    time_point offer_again_at{}; ///< while offered
    std::chrono::milliseconds offer_wait{};
  };

  explicit worker_slots(std::size_t count) : slots_(count) {}

  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  [[nodiscard]] const slot& operator[](std::uint32_t index) const { return slots_[index]; }
  [[nodiscard]] slot& operator[](std::uint32_t index) { return slots_[index]; }

  /// The slot, if it holds that allocation.
  [[nodiscard]] slot* holding(std::uint32_t index, const allocation_id& allocation);

  /// Whether a slot is the job's.
  [[nodiscard]] bool has(const job_id& job) const;

  /// Makes a free slot offered. False if there is no such slot or it is not free.
  [[nodiscard]] bool take(const allocate& message);

  void free(std::uint32_t index) { slots_[index] = {}; }
  void free_all();

private:
  std::vector<slot> slots_;
};

} // namespace weir
