#include "leveldb_fixture.hpp"

#include <algorithm>
#include <fstream>

using namespace weir;
using namespace weir::testing;

namespace {

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Writes until it fails, and returns how. Far more than the write buffers hold.
std::string write_until_failure(detail::cold_store& store, std::uint64_t keys = 200'000) {
  std::string value(100, 'x');
  return failure_of([&] {
    for (std::uint64_t i = 0; i < keys; ++i)
      put(store, number_key(i), value);
  });
}

/// A number of entries in files, none of them in a write buffer.
void fill(leveldb_database& database, detail::cold_store& store, std::uint64_t keys) {
  std::string value(100, 'x');
  for (std::uint64_t i = 0; i < keys; ++i)
    put(store, number_key(i), value);
  database.flush();
}

std::vector<std::string> tables_of(leveldb_fixture& fixture, const leveldb_database& database) {
  std::vector<std::string> tables;
  for (const auto& file : fixture.files_of(database))
    if (file.path.ends_with(".ldb"))
      tables.push_back(file.path);
  return tables;
}

void flip(const std::string& path, std::uint64_t bit) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekg(static_cast<std::streamoff>(bit / 8));
  char byte = static_cast<char>(file.get());
  file.seekp(static_cast<std::streamoff>(bit / 8));
  file.put(static_cast<char>(byte ^ (1 << bit % 8)));
}

} // namespace

TEST_CASE_FIXTURE(leveldb_fixture, "a full disk fails every later call with the file and the reason") {
  auto database = create();
  auto store = database.store(0);
  auto other = database.store(1);
  put(*store, number_key(1), "before");
  auto frozen = store->freeze();
  platform.disk.appends_left = 20;
  auto failure = write_until_failure(*store);
  CAPTURE(failure);
  CHECK(mentions(failure, "No space left on device"));
  CHECK(mentions(failure, "cannot write " + database.folder() + "/"));
  platform.disk.appends_left = INT64_MAX;
  CHECK(failure_of([&] { value_of(*store, number_key(1)); }) == failure);
  CHECK(failure_of([&] { value_of(*other, number_key(1)); }) == failure);
  CHECK(failure_of([&] { put(*store, number_key(1), "x"); }) == failure);
  CHECK(failure_of([&] { (void)store->scan("", "\x7f"); }) == failure);
  CHECK(failure_of([&] { (void)store->freeze(); }) == failure);
  CHECK(failure_of([&] { (void)frozen->valid(); }) == failure);
  CHECK(failure_of([&] { database.flush(); }) == failure);
}

TEST_CASE_FIXTURE(leveldb_fixture, "whichever write is the first to fail, the failure comes out") {
  std::uint64_t needed = 0;
  {
    auto database = create();
    auto store = database.store(0);
    auto before = platform.disk.appends.load();
    CHECK(write_until_failure(*store, 20'000) == "");
    database.flush();
    needed = platform.disk.appends - before;
  }
  REQUIRE(needed > 20);
  int refusals = 0;
  for (std::int64_t left = 0; left < static_cast<std::int64_t>(needed) - 10; left += 7) {
    CAPTURE(left);
    auto database = create();
    auto store = database.store(0);
    platform.disk.appends_left = left;
    auto failure = write_until_failure(*store, 20'000);
    if (failure.empty())
      failure = failure_of([&] { database.flush(); });
    // How much is written behind the calls depends on the other thread: it may be less this time, or fail
    // later.
    bool refused = platform.disk.appends_left < 0;
    if (refused && failure.empty())
      failure = write_until_failure(*store, 20'000);
    CHECK(mentions(failure, "No space left on device") == refused);
    refusals += refused ? 1 : 0;
    platform.disk.appends_left = INT64_MAX;
  }
  CHECK(refusals > 2);
}

TEST_CASE_FIXTURE(leveldb_fixture,
                  "a database that cannot be made says which file and why, and leaves nothing") {
  auto memory = *split_leveldb_memory(leveldb_memory_min, settings);
  for (std::int64_t left = 0; left < 3; ++left) {
    platform.disk.creates_left = left;
    auto made = leveldb_database::create(platform, settings, memory);
    REQUIRE_FALSE(made);
    CHECK(mentions(made.failure().message(), parent()));
    CHECK(mentions(made.failure().message(), "No space left on device"));
    CHECK(platform.files().list(parent())->empty());
  }
  platform.disk.creates_left = INT64_MAX;
  settings.folders = {folder.write("file", "x")};
  auto made = leveldb_database::create(platform, settings, memory);
  REQUIRE_FALSE(made);
  CHECK(mentions(made.failure().message(), folder / "file"));
}

TEST_CASE_FIXTURE(leveldb_fixture, "a disk that does not answer reads fails lookups and cursors") {
  auto database = create();
  auto store = database.store(0);
  fill(database, *store, 30'000);
  auto cursor = store->scan("", "\x7f");
  platform.disk.reads_left = 0;
  auto failure = failure_of([&] {
    for (std::uint64_t i = 0; i < 30'000; ++i)
      value_of(*store, number_key(i));
  });
  CAPTURE(failure);
  CHECK(mentions(failure, "Input/output error"));
  CHECK(mentions(failure, ".ldb"));
  CHECK(failure_of([&] { rest_of(*cursor); }) == failure);
}

TEST_CASE_FIXTURE(leveldb_fixture, "nothing is synced, so that a disk which cannot sync does not matter") {
  platform.disk.fail_syncs = true;
  auto database = create();
  auto store = database.store(0);
  fill(database, *store, 30'000);
  CHECK(value_of(*store, number_key(29'999)) == std::string(100, 'x'));
  CHECK(platform.disk.syncs == 0);
}

TEST_CASE_FIXTURE(leveldb_fixture,
                  "a flipped bit in a table file never gives a wrong value, and is reported with its file") {
  // All entries are read after each flip; the bits are spread over data, filter, index and footer.
  constexpr std::uint64_t keys = 2'000;
  std::uint64_t reported = 0;
  for (std::uint64_t nth = 0; nth < 40; ++nth) {
    CAPTURE(nth);
    settings.block_cache_size = 1;
    auto database = create();
    auto store = database.store(0);
    fill(database, *store, keys);
    auto tables = tables_of(*this, database);
    REQUIRE(tables.size() == 1);
    auto bits = platform.files().info(tables[0])->size * 8;
    flip(tables[0], nth * (bits - 1) / 39);
    auto failure = failure_of([&] {
      std::uint64_t wrong = 0;
      for (std::uint64_t i = 0; i < keys; ++i)
        wrong += value_of(*store, number_key(i)) != std::string(100, 'x');
      CHECK(wrong == 0);
      rest_of(*store->freeze());
    });
    if (failure.empty())
      continue;
    ++reported;
    CHECK_MESSAGE(mentions(failure, tables[0]), failure);
    CHECK_MESSAGE(mentions(failure, "at byte"), failure);
    CHECK(failure_of([&] { put(*store, number_key(0), "x"); }) == failure);
  }
  CHECK(reported >= 38);
}

TEST_CASE_FIXTURE(leveldb_fixture, "a damaged file that only a compaction reads fails the next writes") {
  auto database = create();
  auto store = database.store(0);
  fill(database, *store, 20'000);
  for (const auto& table : tables_of(*this, database))
    flip(table, 8 * 1000);
  auto failure = write_until_failure(*store);
  CAPTURE(failure);
  CHECK(mentions(failure, ".ldb at byte"));
}

TEST_CASE_FIXTURE(leveldb_fixture,
                  "a table file that is cut short or gone is a failure and not a missing key") {
  for (bool gone : {false, true}) {
    CAPTURE(gone);
    auto database = create();
    auto store = database.store(0);
    fill(database, *store, 1'000);
    for (const auto& table : tables_of(*this, database)) {
      if (gone)
        std::filesystem::remove(table);
      else
        std::filesystem::resize_file(table, 50'000);
    }
    // What LevelDB has open already it goes on reading.
    std::uint64_t wrong = 0;
    auto failure = failure_of([&] {
      for (std::uint64_t i = 0; i < 1'000; ++i)
        wrong += value_of(*store, number_key(i)) != std::string(100, 'x');
    });
    CHECK(wrong == 0);
    if (!gone) {
      CAPTURE(failure);
      CHECK(mentions(failure, ".ldb"));
    }
  }
}
