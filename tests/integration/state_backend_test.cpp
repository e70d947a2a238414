#include "example_run.hpp"
#include "mentions.hpp"
#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace weir::testing;

namespace {

/// Nodes on which leveldb finds no place for its files, so that it can be seen which jobs use it.
std::map<std::string, std::string> without_disk(std::map<std::string, std::string> more) {
  more.insert({"io.tmp.dirs", "/proc/nowhere"});
  return more;
}

outcome price_orders(const test_cluster& cluster, std::vector<std::string> options) {
  temporary_folder output;
  options.insert(options.end(), {"-p", "2"});
  return cluster.run(options, built_example("enrich_orders"), {"--events=100", "--output=" + output / "out"});
}

} // namespace

TEST_CASE("a job has the state backend that was asked for when it was submitted") {
  test_cluster cluster{{.configuration = without_disk({})}};
  CHECK(price_orders(cluster, {"-D", "state.backend.type=hashmap"}).succeeded());
  outcome on_disk = price_orders(cluster, {"-D", "state.backend.type=leveldb"});
  CHECK(on_disk.end == exit_state{1, 0});
  CHECK(mentions(on_disk.errors, {"/proc/nowhere"}));
}

TEST_CASE("a job that states no backend has that of the nodes") {
  test_cluster memory{{.configuration = without_disk({})}};
  CHECK(price_orders(memory, {}).succeeded());

  test_cluster disk{{.configuration = without_disk({{"state.backend.type", "leveldb"}})}};
  outcome done = price_orders(disk, {});
  CHECK(done.end == exit_state{1, 0});
  CHECK(mentions(done.errors, {"/proc/nowhere"}));
  CHECK(price_orders(disk, {"-D", "state.backend.type=hashmap"}).succeeded());
}

TEST_CASE("a backend that does not exist is refused before anything is submitted") {
  test_cluster cluster;
  outcome done = price_orders(cluster, {"-D", "state.backend.type=rocksdb"});
  CHECK_FALSE(done.succeeded());
  CHECK(mentions(done.errors, {"state.backend.type", "rocksdb", "hashmap", "leveldb"}));
}
