#include "file_faults.hpp"
#include "system_files.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir::scenario;
using weir::testing::files;
using weir::testing::read_file;
using weir::testing::temporary_folder;

TEST_CASE("a corrupted file differs in one byte") {
  temporary_folder folder;
  auto file = folder.write("a", "abc");
  REQUIRE(break_one_file(files(), file, file_fault::corrupt, 1));
  CHECK(read_file(file) == "a\x9d"
                           "c");
  CHECK_FALSE(break_one_file(files(), file, file_fault::corrupt, 3));
}

TEST_CASE("a torn file keeps its beginning, a deleted one nothing") {
  temporary_folder folder;
  auto file = folder.write("a", "abc");
  REQUIRE(break_one_file(files(), file, file_fault::truncate, 2));
  CHECK(read_file(file) == "ab");
  REQUIRE(break_one_file(files(), file, file_fault::remove, 0));
  CHECK(matching_files(files(), file).empty());
}

TEST_CASE("a file that is written has its text and nothing else beside it") {
  temporary_folder folder;
  std::string file = folder / "new/a";
  REQUIRE(write_whole_file(files(), file, "abc"));
  REQUIRE(write_whole_file(files(), file, "d"));
  CHECK(read_file(file) == "d\n");
  CHECK(matching_files(files(), folder / "new/*").size() == 1);
}

TEST_CASE("a star stands for any name") {
  temporary_folder folder;
  auto first = folder.write("chk-1/_metadata", ""), second = folder.write("chk-2/_metadata", "");
  folder.write("chk-2/other", "");
  CHECK(matching_files(files(), folder / "chk-*/_metadata") == std::vector<std::string>{first, second});
}

TEST_CASE("a star stands for no dot at the begin of a name") {
  CHECK(matches("part-*", "part-0-1"));
  CHECK(matches("_metadata", "_metadata"));
  CHECK_FALSE(matches("part-*", ".part-0-1"));
  CHECK_FALSE(matches("*", ".part-0-1"));
}
