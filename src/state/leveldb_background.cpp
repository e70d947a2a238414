#include "state/leveldb_background.hpp"

namespace weir {

namespace {

thread_local bool in_background = false;

} // namespace

bool leveldb_background::is_running_here() {
  return in_background;
}

leveldb_background::~leveldb_background() {
  {
    std::lock_guard guard{lock_};
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void leveldb_background::run(function job, void* argument) {
  std::lock_guard guard{lock_};
  jobs_.push_back({job, argument});
  if (!thread_.joinable())
    thread_ = std::thread{[this] { work(); }};
  changed_.notify_one();
}

void leveldb_background::work() {
  in_background = true;
  std::unique_lock guard{lock_};
  while (true) {
    changed_.wait(guard, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty())
      return;
    entry next = jobs_.front();
    jobs_.pop_front();
    guard.unlock();
    next.job(next.argument);
    guard.lock();
  }
}

} // namespace weir
