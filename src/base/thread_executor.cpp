#include "base/thread_executor.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace weir {

namespace {

constexpr int niceness = 10;

} // namespace

thread_executor::thread_executor(unsigned threads) : threads_max_{std::max(threads, 1u)} {}

thread_executor::~thread_executor() {
  std::unique_lock lock{mutex_};
  closing_ = true;
  changed_.notify_all();
  // A job may still hand in another and so start a thread: take them one by one.
  while (!threads_.empty()) {
    std::thread last = std::move(threads_.back());
    threads_.pop_back();
    lock.unlock();
    last.join();
    lock.lock();
  }
}

void thread_executor::run(std::function<void()> job) {
  std::lock_guard lock{mutex_};
  waiting_.push_back(std::move(job));
  if (waiting_.size() > idle_ && threads_.size() < threads_max_)
    threads_.emplace_back([this] { work(); });
  else
    changed_.notify_one();
}

void thread_executor::work() {
  // On Linux this is about the thread alone. Where it is refused, jobs are as important as tasks.
  (void)::nice(niceness);
  std::unique_lock lock{mutex_};
  while (true) {
    if (waiting_.empty()) {
      if (closing_)
        return;
      ++idle_;
      changed_.wait(lock, [&] { return closing_ || !waiting_.empty(); });
      --idle_;
      continue;
    }
    std::function<void()> job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job();
    job = nullptr; // what it holds ends here, outside the lock
    lock.lock();
  }
}

} // namespace weir
