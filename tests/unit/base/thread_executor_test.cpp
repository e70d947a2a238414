#include "base/thread_executor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <set>
#include <sys/resource.h>

using weir::thread_executor;

TEST_CASE("each job runs once, those included that wait when the executor ends") {
  std::atomic<int> runs = 0;
  {
    thread_executor jobs{2};
    for (int i = 0; i < 1000; ++i)
      jobs.run([&] { ++runs; });
  }
  CHECK(runs == 1000);
}

TEST_CASE("a job that blocks does not keep another from running while there is a second thread") {
  thread_executor jobs{2};
  std::promise<void> first, second;
  jobs.run([&] { first.get_future().wait(); });
  jobs.run([&] { second.set_value(); });
  second.get_future().wait();
  first.set_value();
  CHECK(true); // it would hang otherwise
}

TEST_CASE("jobs run on as many threads as stated, and never on more") {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::latch all_started{3};
  {
    thread_executor jobs{3};
    for (int i = 0; i < 100; ++i)
      jobs.run([&, i] {
        if (i < 3)
          all_started.arrive_and_wait();
        std::lock_guard lock{mutex};
        threads.insert(std::this_thread::get_id());
      });
  }
  CHECK(threads.size() == 3);
}

TEST_CASE("jobs leave the processor to the threads of the process") {
  int niceness = ::getpriority(PRIO_PROCESS, 0), niceness_of_job = 0;
  {
    thread_executor jobs{1};
    jobs.run([&] { niceness_of_job = ::getpriority(PRIO_PROCESS, 0); });
  }
  CHECK(niceness_of_job == std::min(niceness + 10, 19));
  CHECK(::getpriority(PRIO_PROCESS, 0) == niceness);
}

TEST_CASE("a job may hand in another, also while the executor ends") {
  std::atomic<int> runs = 0;
  {
    thread_executor jobs{1};
    jobs.run([&] {
      jobs.run([&] {
        jobs.run([&] { ++runs; });
        ++runs;
      });
      ++runs;
    });
  }
  CHECK(runs == 3);
}

TEST_CASE("jobs on one thread run in their order") {
  std::vector<int> order;
  {
    thread_executor jobs{1};
    for (int i = 0; i < 100; ++i)
      jobs.run([&order, i] { order.push_back(i); });
  }
  CHECK(order.size() == 100);
  CHECK(std::ranges::is_sorted(order));
}
