#include "base/serial_executor.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <future>
#include <vector>

using namespace weir;

namespace {

/// Runs what it is given when the test says so.
struct held_executor final : executor {
  void run(std::function<void()> job) override { held.push_back(std::move(job)); }
  void release() {
    auto job = std::move(held.front());
    held.pop_front();
    job();
  }
  std::deque<std::function<void()>> held;
};

} // namespace

TEST_CASE("jobs are done in their order, and only one is with the executor at a time") {
  held_executor runs;
  serial_executor line{runs};
  std::vector<int> done;
  for (int i = 0; i < 3; ++i)
    line.run([&done, i] { done.push_back(i); });
  CHECK(runs.held.size() == 1);
  runs.release();
  CHECK(done == std::vector{0, 1, 2});
  CHECK(runs.held.empty());
  line.run([&] { done.push_back(3); });
  REQUIRE(runs.held.size() == 1);
  runs.release();
  CHECK(done == std::vector{0, 1, 2, 3});
}

TEST_CASE("a job that brings another one has it done behind those that wait") {
  held_executor runs;
  serial_executor line{runs};
  std::vector<int> done;
  line.run([&] {
    done.push_back(1);
    line.run([&] { done.push_back(3); });
  });
  line.run([&] { done.push_back(2); });
  runs.release();
  CHECK(done == std::vector{1, 2, 3});
}

TEST_CASE("what waits is done also when the executor's user is gone") {
  held_executor runs;
  int done = 0;
  {
    serial_executor line{runs};
    line.run([&] { ++done; });
    line.run([&] { ++done; });
  }
  runs.release();
  CHECK(done == 2);
}

TEST_CASE("of many threads' jobs no two run at the same time") {
  auto system = make_system_platform(2);
  serial_executor line{system->executor()};
  std::atomic<int> running{0};
  std::atomic<bool> overlapped{false};
  int done = 0;
  std::vector<std::future<void>> threads;
  for (int t = 0; t < 4; ++t)
    threads.push_back(std::async(std::launch::async, [&] {
      for (int i = 0; i < 500; ++i)
        line.run([&] {
          overlapped = overlapped || ++running > 1;
          ++done;
          --running;
        });
    }));
  for (auto& each : threads)
    each.wait();
  std::promise<void> last;
  line.run([&] { last.set_value(); });
  last.get_future().wait();
  CHECK(done == 2'000);
  CHECK_FALSE(overlapped);
}
