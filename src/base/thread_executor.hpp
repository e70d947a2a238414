#pragma once

#include "base/platform.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace weir {

/// Runs jobs on up to `threads` threads. A thread is started when a job comes and none is idle, so a process
/// that never blocks has none. Each job runs once: those that wait when the executor is destroyed run before
/// that returns.
///
/// The threads are nicer than the process by 10: a snapshot is written in the time that the tasks leave, and
/// takes longer where they leave none.
class thread_executor final : public executor {
public:
  explicit thread_executor(unsigned threads);
  ~thread_executor() override;

  /// Safe to call from any thread, jobs included. A job must not throw.
  void run(std::function<void()> job) override;

private:
  void work();

  const unsigned threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  unsigned idle_ = 0;
  bool closing_ = false;
};

} // namespace weir
