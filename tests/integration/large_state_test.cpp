#include "test_cluster.hpp"

#include "mentions.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir::testing;

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t process_max = 900 << 20;
#else
constexpr std::uint64_t process_max = 80 << 20;
#endif

TEST_CASE("state far larger than the memory given to it is kept on disk, and the process stays small") {
  test_cluster cluster{
      {.workers = 1, .slots = 1, .configuration = {{"taskmanager.memory.managed.size", "24 mb"}}}};
  auto done = cluster.run({"-D", "state.backend.type=leveldb", "-c", "large_state"},
                          built_test_job("test_jobs"), {"--keys=200000", "--bytes=1000", "--rounds=2"}, 300s);
  CAPTURE(done.errors);
  REQUIRE(done.succeeded());
  CHECK(mentions(done.output, {"first time (LongCounter): 200000", "kept (LongCounter): 200000"}));
  CHECK(peak_resident_memory(cluster.worker(0).id()) < process_max);
}

TEST_CASE("without a setting of the job, the backend is the workers'") {
  test_cluster cluster{
      {.workers = 1,
       .slots = 1,
       .configuration = {{"state.backend.type", "leveldb"}, {"taskmanager.memory.managed.size", "1 mb"}}}};
  auto refused = cluster.run({"-c", "large_state"}, built_test_job("test_jobs"), {"--keys=10", "--bytes=10"});
  CHECK_FALSE(refused.succeeded());
  CHECK(mentions(refused.errors, {"the leveldb backend needs", "taskmanager.memory.managed.size"}));
  auto done = cluster.run({"-D", "state.backend.type=hashmap", "-c", "large_state"},
                          built_test_job("test_jobs"), {"--keys=10", "--bytes=10"});
  CHECK(done.succeeded());
}
