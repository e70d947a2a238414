#include "state/checkpoint_folders.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

using namespace weir;

TEST_CASE("the folders of a job are where other programs look for them") {
  job_id job{{0x12, 0x34}};
  for (const char* dir : {"/data/checkpoints", "/data/checkpoints/", "/data/checkpoints//"}) {
    checkpoint_folders folders{dir, job};
    CHECK(folders.dir() == "/data/checkpoints");
    CHECK(folders.job() == "/data/checkpoints/00000000000000120000000000000034");
    CHECK(folders.metadata(7) == folders.job() + "/chk-7/_metadata");
    CHECK(folders.shared() == folders.job() + "/shared");
    CHECK(folders.task_owned() == folders.job() + "/taskowned");
  }
  CHECK(checkpoint_folders{"/", job}.job() == "/00000000000000120000000000000034");
}

TEST_CASE("the name of a snapshot file says who wrote it and for which checkpoint") {
  snapshot_file_name name{1, 0, {3}, 2, 17, 0xf3a90c11d2e4b7};
  CHECK(to_string(name) == "v1-s0-e3-2-c17-00f3a90c11d2e4b7");
  std::mt19937_64 random{1};
  for (int i = 0; i < 1000; ++i) {
    auto small = [&] { return static_cast<std::uint32_t>(random() >> (random() % 64)); };
    snapshot_file_name made{small(),
                            small(),
                            {random() >> random() % 64},
                            small(),
                            random() >> random() % 64,
                            random() >> random() % 64};
    CHECK(read_snapshot_file_name(to_string(made)) == made);
    CHECK(read_unfinished_snapshot_name("." + to_string(made) + ".tmp") == made);
  }
}

TEST_CASE("a name that is only like one of ours is not taken for one") {
  for (const char* name :
       {"", "v", "v1", "v1-s0-e3-2-c17", "v1-s0-e3-2-c17-", "v1-s0-e3-2-c17-f3a90c11d2e4b7",
        "v1-s0-e3-2-c17-00F3a90c11d2e4b7", "v1-s0-e3-2-c17-00f3a90c11d2e4b70",
        "v01-s0-e3-2-c17-00f3a90c11d2e4b7", "v1-s00-e3-2-c17-00f3a90c11d2e4b7",
        "v1-s-0-e3-2-c17-00f3a90c11d2e4b7", "v1-s0-e3-2-c17-00f3a90c11d2e4b7 ",
        " v1-s0-e3-2-c17-00f3a90c11d2e4b7", "v4294967296-s0-e3-2-c17-00f3a90c11d2e4b7",
        "v1-s0-e18446744073709551616-2-c17-00f3a90c11d2e4b7", "_metadata", "readme"})
    CHECK_MESSAGE(!read_snapshot_file_name(name), name);
  for (const char* name :
       {"", ".", ".tmp", ".v1-s0-e3-2-c17-00f3a90c11d2e4b7", "v1-s0-e3-2-c17-00f3a90c11d2e4b7.tmp"})
    CHECK_MESSAGE(!read_unfinished_snapshot_name(name), name);
  CHECK(read_checkpoint_folder_name("chk-18446744073709551615") == std::numeric_limits<checkpoint_id>::max());
  for (const char* name :
       {"chk-", "chk-0", "chk-07", "chk-7x", "chk-7.old", "chk--7", "CHK-7", "chk-99999999999999999999"})
    CHECK_MESSAGE(!read_checkpoint_folder_name(name), name);
  CHECK(read_next_checkpoint_name(".next-8") == 8);
  for (const char* name : {".next-", ".next-0", ".next-08", "next-8"})
    CHECK_MESSAGE(!read_next_checkpoint_name(name), name);
}
