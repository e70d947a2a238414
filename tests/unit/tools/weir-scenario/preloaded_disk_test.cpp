#include "process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace weir::testing;

namespace {

/// Runs programs of the system on a disk that fails.
struct failing_disk {
  outcome run_there(const std::string& fault, std::vector<std::string> command) const {
    std::string control = folder.write("node/control", fault);
    return run(std::move(command), patience,
               {{"LD_PRELOAD", PRELOADED_DISK}, {"WEIR_SCENARIO_DISK", control}});
  }

  /// Writes four bytes into a file with one call, and syncs it.
  outcome write_four(const std::string& fault, const std::string& to) const {
    return run_there(fault, {"python3", "-c",
                             "import os, sys\n"
                             "file = os.open(sys.argv[1], os.O_WRONLY)\n"
                             "os.write(file, b'1234')\n"
                             "os.fsync(file)\n",
                             to});
  }

  temporary_folder folder;
  std::string file = folder.write("node/file", "");
};

} // namespace

TEST_CASE("a disk that is well takes what is written") {
  failing_disk disk;
  CHECK(disk.write_four("", disk.file).succeeded());
  CHECK(read_file(disk.file) == "1234");
}

TEST_CASE("a full disk takes nothing") {
  failing_disk disk;
  auto done = disk.write_four("full", disk.file);
  CHECK(!done.succeeded());
  CHECK_MESSAGE(done.errors.find("No space left on device") != std::string::npos, done.errors);
  CHECK(read_file(disk.file) == "");
  CHECK(!disk.run_there("full", {"mkdir", disk.folder / "node/new"}).succeeded());
}

TEST_CASE("a torn write leaves half of it") {
  failing_disk disk;
  CHECK(!disk.write_four("torn", disk.file).succeeded());
  CHECK(read_file(disk.file) == "12");
}

TEST_CASE("a disk that does not sync says so") {
  failing_disk disk;
  auto done = disk.write_four("unsynced", disk.file);
  CHECK(!done.succeeded());
  CHECK_MESSAGE(done.errors.find("Input/output error") != std::string::npos, done.errors);
  CHECK(read_file(disk.file) == "1234");
}

TEST_CASE("a disk refuses some names to files that are written already") {
  failing_disk disk;
  auto rename = [&](const std::string& to) {
    return disk.run_there("refuses part-*",
                          {"python3", "-c", "import os, sys; os.rename(sys.argv[1], sys.argv[2])", disk.file,
                           disk.folder / to});
  };
  auto done = rename("node/part-1");
  CHECK(!done.succeeded());
  CHECK_MESSAGE(done.errors.find("Input/output error") != std::string::npos, done.errors);
  CHECK(rename("node/other").succeeded());
}

TEST_CASE("a disk holds the names of files until it is well") {
  failing_disk disk;
  std::string control = disk.folder.write("node/control", "holds part-*"), to = disk.folder / "node/part-1";
  process renaming{{"python3", "-c", "import os, sys; os.rename(sys.argv[1], sys.argv[2])", disk.file, to},
                   {{"LD_PRELOAD", PRELOADED_DISK}, {"WEIR_SCENARIO_DISK", control}}};
  wait_until("the file is held", [&] { return std::filesystem::exists(control + ".held"); });
  CHECK(renaming.running());
  CHECK(!std::filesystem::exists(to));
  disk.folder.write("node/control", "");
  CHECK(renaming.wait() == exit_state{});
  CHECK(std::filesystem::exists(to));
}

TEST_CASE("files elsewhere are left alone") {
  failing_disk disk;
  for (std::string fault : {"full", "torn", "unsynced"}) {
    auto elsewhere = disk.folder.write("elsewhere", "");
    CHECK(disk.write_four(fault, elsewhere).succeeded());
    CHECK(read_file(elsewhere) == "1234");
  }
}
