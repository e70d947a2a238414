#pragma once

#include "base/platform.hpp"
#include "scheduler/slot_pool.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace weir {

/// How many slots each job wants, and when it gets them (protocol-control, R5 to R7).
///
/// All or nothing: a job gets what it lacks only when all of it is free. With one slot each, two jobs that
/// need two would wait for each other for ever. The oldest job comes first, but a younger one that fits does
/// not wait behind a big one. After the loss of a worker two jobs can still hold half of what they need; so
/// one that lacks slots for `timeout` fails and gives back what it has. The youngest fails first, and the
/// others get the time of `grace` to take what it returns.
class slot_requests {
public:
  slot_requests(std::chrono::milliseconds timeout, std::chrono::milliseconds grace)
      : timeout_{timeout}, grace_{grace} {}

  /// The slots a job wants in all, and where it would like those that it lacks.
  void set_need(const job_id& job, std::uint32_t count, slot_preference preferred = {});

  /// The job lost slots with a session. They count as held until it has heard of it: what is allocated before
  /// would be rejected.
  void add_loss(const job_id& job, const session_id& session, std::uint32_t slots);
  void loss_handled(const job_id& job, const session_id& session);

  struct granted {
    job_id job;
    std::vector<slot_grant> slots;
  };

  /// `missing` of `needed` slots are not to be had; 0: not any more. Told once a change.
  struct shortage {
    job_id job;
    std::uint32_t missing = 0;
    std::uint32_t needed = 0;
  };

  struct outcome {
    std::vector<granted> grants;
    std::vector<shortage> shortages;
  };

  /// Gives free slots to the jobs that wait.
  outcome match(slot_pool& pool, time_point now);

  /// The jobs that have waited too long. They get nothing before they have lowered their need to what they
  /// have.
  std::vector<shortage> overdue(const slot_pool& pool, time_point now);

  [[nodiscard]] std::chrono::milliseconds timeout() const { return timeout_; }

private:
  struct request {
    job_id job;
    std::uint32_t need = 0;
    slot_preference preferred;
    std::map<session_id, std::uint32_t> unhandled_losses;
    std::optional<time_point> deadline; ///< while it lacks slots
    std::uint32_t told_missing = 0;
    bool failed = false;
  };

  using by_age = std::map<std::uint64_t, request>;

  [[nodiscard]] static std::uint32_t lacking(const request& of, const slot_pool& pool);
  by_age::iterator find(const job_id& job);

  std::chrono::milliseconds timeout_;
  std::chrono::milliseconds grace_;
  by_age requests_; ///< oldest first
  std::map<job_id, std::uint64_t> age_of_;
  std::uint64_t ages_ = 0;
};

} // namespace weir
