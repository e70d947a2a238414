#include "state/snapshot_chain.hpp"

#include "snapshot_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

struct chain_fixture : snapshot_fixture {
  std::string file(std::uint32_t subtask, std::uint64_t number, std::uint64_t parent) {
    auto states = registry(subtask, 2);
    return write(*states, head(subtask, 2, number, parent));
  }

  std::string refusal(const std::vector<std::string>& paths) {
    auto chain = open_snapshot_chain(files, paths, options);
    REQUIRE_FALSE(chain);
    return chain.failure().message();
  }
};

} // namespace

TEST_CASE("files of a chain must follow each other") {
  chain_fixture fixture;
  std::string full = fixture.file(0, 1, 0), second = fixture.file(0, 2, 1), third = fixture.file(0, 3, 2);
  CHECK(fixture.open({full, second, third}).size() == 3);
  CHECK(fixture.refusal({second}) == "the snapshot file snapshots/2-0 does not belong there: it has only the "
                                     "changes since snapshot 1");
  CHECK(fixture.refusal({full, third}) == "the snapshot file snapshots/3-0 does not belong there: it has the "
                                          "changes since snapshot 2, not since 1");
  CHECK(fixture.refusal({full, full}) ==
        "the snapshot file snapshots/1-0 does not belong there: it is a full snapshot, not one of changes");
  CHECK(fixture.refusal({full, fixture.file(1, 2, 1)}) ==
        "the snapshot file snapshots/2-1 does not belong there: it is of another subtask than the snapshot "
        "whose changes it has");
  CHECK(fixture.refusal({"snapshots/9-0"}).find("snapshots/9-0") != std::string::npos);
}

TEST_CASE("a chain is folded when its changes are large or many") {
  snapshot_fold_limits limits{.ratio = 0.5, .length = 3};
  auto fold = [&](std::vector<std::uint64_t> sizes) { return should_fold(sizes, limits); };
  CHECK_FALSE(fold({}));
  CHECK_FALSE(fold({100}));
  CHECK_FALSE(fold({100, 25, 25}));
  CHECK(fold({100, 25, 26}));
  CHECK_FALSE(fold({100, 1, 1, 1}));
  CHECK(fold({100, 1, 1, 1, 1}));
  CHECK(fold({0, 1}));
}
