#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace weir::simulation {

/// Runs steps that may stop in their midst, as a thread does that waits for its disk, and go on later. At any
/// time one thread runs, the one that called or that of a step: so nothing happens at the same time.
class step_threads {
public:
  class thread;
  using stopped_step = thread*;

  step_threads();
  /// Requires that no step is stopped.
  ~step_threads();
  step_threads(const step_threads&) = delete;
  step_threads& operator=(const step_threads&) = delete;

  /// Returns when the step has ended, with nullptr, or when it has stopped. Throws what the step throws.
  stopped_step run(std::function<void()> step);
  /// The same for one that has stopped.
  stopped_step go_on(stopped_step stopped);

  /// Whether the caller is a step that run() began.
  [[nodiscard]] bool is_in_step() const { return running_ != nullptr; }
  /// Lets the step that calls stop until it goes on.
  void stop_here();

private:
  stopped_step hand_over(stopped_step to);

  std::vector<std::unique_ptr<thread>> all_;
  std::vector<thread*> idle_;
  thread* running_ = nullptr;
};

} // namespace weir::simulation
