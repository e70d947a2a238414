#pragma once

#include "base/platform.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace weir {

/// Runs jobs on another executor one after the other, in the order in which they came. What is not done when
/// this goes away is done all the same.
class serial_executor final : public executor {
public:
  /// `runs` outlives all jobs.
  explicit serial_executor(executor& runs) : runs_{runs} {}

  void run(std::function<void()> job) override;

private:
  struct line {
    std::mutex mutex;
    std::deque<std::function<void()>> waiting; ///< the first one is running
  };

  static void run_all(line& of);

  executor& runs_;
  std::shared_ptr<line> line_ = std::make_shared<line>();
};

} // namespace weir
