#include "base/platform.hpp"
#include "base/system_files.hpp"
#include "base/thread_executor.hpp"
#include "base/wall_time.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sys/random.h>

namespace weir {

namespace {

class system_clock final : public clock {
public:
  time_point now() override { return std::chrono::steady_clock::now(); }
  std::int64_t wall_ms() override {
    return wall_.at(in_ms(std::chrono::system_clock::now()), in_ms(std::chrono::steady_clock::now()));
  }

private:
  static std::int64_t in_ms(auto point) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(point.time_since_epoch()).count();
  }

  wall_time wall_;
};

class system_randomness final : public randomness {
public:
  std::uint64_t next() override {
    std::uint64_t value = 0;
    while (::getrandom(&value, sizeof value, 0) != sizeof value) { // so short a read is all or nothing
      if (errno == EINTR)
        continue;
      std::perror(
          "weir: the system gives no random numbers"); // ids would repeat: nothing can be trusted any more
      std::abort();
    }
    return value;
  }
};

class system_platform final : public platform {
public:
  explicit system_platform(unsigned blocking_threads) : executor_{blocking_threads} {}

  weir::clock& clock() override { return clock_; }
  randomness& random() override { return random_; }
  file_system& files() override { return *files_; }
  weir::executor& executor() override { return executor_; }

private:
  system_clock clock_;
  system_randomness random_;
  std::unique_ptr<file_system> files_ = make_system_files();
  thread_executor executor_; // last, so that its jobs end before what they use
};

} // namespace

std::unique_ptr<platform> make_system_platform(unsigned blocking_threads) {
  return std::make_unique<system_platform>(blocking_threads);
}

} // namespace weir
