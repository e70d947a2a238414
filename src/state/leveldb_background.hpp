#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace weir {

/// Runs a database's flushes and compactions one after the other on a thread of their own, so that one
/// database does not wait for another, and no task for either. The thread begins with the first job.
class leveldb_background {
public:
  using function = void (*)(void*);

  leveldb_background() = default;
  leveldb_background(const leveldb_background&) = delete;
  leveldb_background& operator=(const leveldb_background&) = delete;
  /// Waits for the jobs that were taken.
  ~leveldb_background();

  /// Never runs the job at once: LevelDB calls with its lock held, which the job takes.
  void run(function job, void* argument);

  /// Whether the caller is a job: jobs read files from their begin to their end.
  [[nodiscard]] static bool is_running_here();

private:
  struct entry {
    function job;
    void* argument;
  };

  void work();

  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<entry> jobs_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace weir
