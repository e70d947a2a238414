#pragma once

#include "scheduler/job_status.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace weir {

/// What survives of a job's way: only forward, and `ended` for ever (protocol-control, H6).
enum class record_state : std::uint8_t { submitted, cancel_requested, ended };

struct job_record {
  job_id id;
  job_spec spec;
  std::shared_ptr<const job_graph> graph;
  record_state state = record_state::submitted;
  std::shared_ptr<const job_details> end; ///< of an ended job
};

/// The records of all jobs. What is told to anyone is stored first (protocol-control, choice 5).
class job_store {
public:
  virtual ~job_store() = default;

  /// Writes a record over the one with the same id. Writes land in the order of the calls. `landed` is called
  /// after that, by any thread, perhaps at once; never if the write was refused because another master leads:
  /// this one has to step down then.
  virtual void put(job_record record, std::function<void()> landed) = 0;

  /// Forgets an ended job.
  virtual void remove(const job_id& id) = 0;

  /// What has landed, in any order.
  [[nodiscard]] virtual std::vector<job_record> all() const = 0;
};

/// Lives and dies with the process.
std::unique_ptr<job_store> make_memory_job_store();

} // namespace weir
