#include "scheduler/master_storage.hpp"

#include "base/configuration.hpp"
#include "base/hash.hpp"
#include "base/options.hpp"
#include "simulation/disk_platform.hpp"
#include "small_jobs.hpp"

#include <doctest/doctest.h>

using namespace weir;
using simulation::simulated_disk;

namespace {

struct cluster_folder {
  master_storage open() {
    auto opened = open_master_storage(environment, "ha", [this](const error&) { ++fenced; });
    REQUIRE_MESSAGE(opened, opened.failure().message());
    REQUIRE(opened->libraries->open());
    return std::move(*opened);
  }

  simulated_disk disk;
  simulation::disk_platform environment{disk};
  int fenced = 0;
  std::string library = "the bytes of a library";
  std::string hash = sha256_hex(library);
};

} // namespace

TEST_CASE_FIXTURE(cluster_folder,
                  "a master that starts again has a higher epoch, the jobs and their libraries") {
  job_record record;
  record.id = job_numbered(1);
  record.graph = line_of({{"a"}});
  auto first = open();
  REQUIRE(first.libraries->write(hash, library));
  first.jobs->put(record, [] {});
  disk.cut_power(1);
  auto second = open_master_storage(environment, "ha", [](const error&) {});
  REQUIRE(second);
  CHECK(second->epoch > first.epoch);
  REQUIRE(second->jobs->all().size() == 1);
  CHECK(second->jobs->all()[0].id == record.id);
  auto libraries = second->libraries->open();
  REQUIRE(libraries);
  CHECK(*libraries == std::map<std::string, std::uint64_t>{{hash, library.size()}});
  CHECK(*second->libraries->read(hash, 0, 1000) == library);
}

TEST_CASE_FIXTURE(cluster_folder,
                  "a replaced master takes no library from the one that leads, and adds none") {
  auto first = open();
  REQUIRE(first.libraries->write(hash, library));
  auto second = open();
  CHECK(first.libraries->remove(hash).failure().code() == errc::fenced);
  CHECK(first.libraries->write(sha256_hex(std::string{"x"}), "x").failure().code() == errc::fenced);
  CHECK(second.libraries->open()->size() == 1);
  CHECK(second.libraries->remove(hash));
  CHECK(second.libraries->open()->empty());
}

TEST_CASE_FIXTURE(cluster_folder, "a folder that cannot be used is named with the option that says it") {
  REQUIRE(disk.create("ha", true));
  auto opened = open_master_storage(environment, "ha", [](const error&) {});
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().message().starts_with(
      "cannot use the folder of the cluster (high-availability.storageDir): "));
}

TEST_CASE("jobs outlive the master where a folder for them is set, unless that is switched off") {
  configuration values;
  CHECK(high_availability_folder(values).empty());
  REQUIRE(values.set("high-availability.storageDir", "/ha"));
  CHECK(high_availability_folder(values) == "/ha");
  REQUIRE(values.set("high-availability.type", "NONE"));
  CHECK(high_availability_folder(values).empty());
}
