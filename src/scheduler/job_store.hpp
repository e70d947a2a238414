#pragma once

#include "scheduler/job_status.hpp"
#include "wire/job_record.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace weir {

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

  /// Tries again what could not be written, and looks whether another master leads by now. To be called now
  /// and then.
  virtual void retry() {}
};

/// Lives and dies with the process.
std::unique_ptr<job_store> make_memory_job_store();

} // namespace weir
