#include "job_files.hpp"
#include "system_files.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

using namespace weir::scenario;
using weir::testing::files;
using weir::testing::temporary_folder;

TEST_CASE("only committed parts have lines") {
  temporary_folder folder;
  folder.write("part-0-1", "a\nb\n");
  folder.write("part-1-1", "c\n");
  folder.write(".pending-x/.part-0-2", "d\n");
  folder.write(".part-0-2", "e\n");
  CHECK(committed_lines(files(), folder.path()) == std::vector<std::string>{"a", "b", "c"});
  CHECK(committed_lines(files(), folder / "none").empty());
}

TEST_CASE("a checkpoint is complete when its metadata is there") {
  temporary_folder folder;
  CHECK(look_at_checkpoints(files(), folder / "none").newest == 0);
  folder.write("chk-9/_metadata", "");
  folder.write("chk-10/_metadata", "");
  folder.write("chk-8/state", "");
  CHECK(look_at_checkpoints(files(), folder.path()).newest == 10);
  CHECK(!look_at_checkpoints(files(), folder.path()).is_one_under_way);
  folder.write("chk-11/state", "");
  folder.write("chk-x/_metadata", "");
  CHECK(look_at_checkpoints(files(), folder.path()).newest == 10);
  CHECK(look_at_checkpoints(files(), folder.path()).is_one_under_way);
}

TEST_CASE("orphans are what is neither a part nor in a complete checkpoint") {
  temporary_folder folder;
  folder.write("out/part-0-1", "a\n");
  folder.write("checkpoints/job/chk-2/_metadata", "");
  folder.write("checkpoints/job/chk-2/state", "");
  folder.write("checkpoints/job/shared/base", "");
  CHECK(orphans_in(files(), folder.path()).empty());
  auto pending = folder.write("out/.pending-j-0-1/.part-0-2", "");
  auto state = folder.write("checkpoints/job/chk-3/state", "");
  CHECK(orphans_in(files(), folder.path()) ==
        std::vector<std::string>{state, std::filesystem::path{pending}.parent_path().string()});
}

TEST_CASE("shared files without a complete checkpoint are orphans") {
  temporary_folder folder;
  auto shared = folder.write("checkpoints/job/shared/base", "");
  CHECK(orphans_in(files(), folder.path()) == std::vector<std::string>{shared});
}
