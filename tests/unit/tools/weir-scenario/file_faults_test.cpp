#include "file_faults.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>

using namespace weir::scenario;
using weir::testing::read_file;
using weir::testing::temporary_folder;

TEST_CASE("a corrupted file differs in one byte") {
  temporary_folder folder;
  auto file = folder.write("a", "abc");
  break_one_file(file, file_fault::corrupt, 1);
  CHECK(read_file(file) == "a\x9d"
                           "c");
  CHECK_THROWS_AS(break_one_file(file, file_fault::corrupt, 3), std::runtime_error);
}

TEST_CASE("a torn file keeps its beginning, a deleted one nothing") {
  temporary_folder folder;
  auto file = folder.write("a", "abc");
  break_one_file(file, file_fault::truncate, 2);
  CHECK(read_file(file) == "ab");
  break_one_file(file, file_fault::remove, 0);
  CHECK(matching_files(file).empty());
}

TEST_CASE("a file that is written has its text and nothing else beside it") {
  temporary_folder folder;
  std::filesystem::path file = folder / "new/a";
  write_whole_file(file, "abc");
  write_whole_file(file, "d");
  CHECK(read_file(file) == "d\n");
  CHECK(matching_files(folder / "new/*").size() == 1);
}

TEST_CASE("a star stands for any name") {
  temporary_folder folder;
  auto first = folder.write("chk-1/_metadata", ""), second = folder.write("chk-2/_metadata", "");
  folder.write("chk-2/other", "");
  CHECK(matching_files(folder / "chk-*/_metadata") == std::vector<std::string>{first, second});
}
