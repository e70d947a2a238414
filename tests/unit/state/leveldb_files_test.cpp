#include "leveldb_fixture.hpp"
#include "state/leveldb_checksum.hpp"
#include "state/leveldb_env.hpp"
#include "state/process_folder.hpp"

#include <leveldb/env.h>

#include <algorithm>
#include <string_view>

using namespace weir;
using namespace weir::testing;

TEST_CASE("the checksum is the CRC-32C of other programs") {
  // From RFC 3720, B.4, and the usual check value.
  CHECK(crc32c(std::string_view{"123456789"}) == 0xe3069283u);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
  CHECK(crc32c(std::string_view{}) == 0);
}

TEST_CASE_FIXTURE(leveldb_fixture, "a table file that is not there is never taken for a missing key") {
  leveldb_env env{platform.files(), false};
  leveldb::RandomAccessFile* table = nullptr;
  auto status = env.NewRandomAccessFile(folder / "000005.ldb", &table);
  CHECK(status.IsIOError());
  CHECK(status.ToString().find("000005.ldb") != std::string::npos);
  leveldb::SequentialFile* file = nullptr;
  CHECK(env.NewSequentialFile(folder / "CURRENT", &file).IsNotFound());
}

TEST_CASE_FIXTURE(leveldb_fixture, "the files of a database end with the last that uses it") {
  std::string made;
  std::unique_ptr<detail::cold_cursor> cursor;
  {
    auto database = create();
    made = database.folder();
    auto store = database.store(0);
    put(*store, key_of(1, "a"), "1");
    cursor = store->freeze();
  }
  CHECK(platform.files().info(made));
  CHECK(rest_of(*cursor) == std::vector<std::string>{"a=1"});
  cursor.reset();
  CHECK(platform.files().list(parent())->empty());
}

TEST_CASE_FIXTURE(leveldb_fixture, "databases in one folder do not disturb each other") {
  auto first = create();
  auto second = create();
  CHECK(first.folder() != second.folder());
  auto one = first.store(0);
  auto two = second.store(0);
  put(*one, key_of(0, "a"), "1");
  put(*two, key_of(0, "a"), "2");
  first.flush();
  second.flush();
  CHECK(value_of(*one, key_of(0, "a")) == "1");
  CHECK(value_of(*two, key_of(0, "a")) == "2");
}

TEST_CASE_FIXTURE(leveldb_fixture, "what dead processes left is removed, and nothing else") {
  folder.write("state/weir-state-0000000000000001/000005.ldb", "x");
  folder.write("state/weir-state-0000000000000001.lock", "");
  folder.write("state/weir-state-0000000000000002/000005.ldb", "x");
  folder.write("state/weir-state-0000000000000002.lock", "");
  folder.write("state/weir-state-0000000000000003.lock", "");
  folder.write("state/other/file", "x");
  folder.write("state/other.lock", "");
  auto living = platform.files().lock(folder / "state/weir-state-0000000000000002.lock");
  REQUIRE(living);
  auto database = create();
  std::vector<std::string> names;
  auto entries = platform.files().list(parent());
  REQUIRE(entries);
  for (const auto& entry : *entries)
    if (!entry.path.starts_with(database.folder()))
      names.push_back(entry.path.substr(parent().size() + 1));
  CHECK(names == std::vector<std::string>{"other", "other.lock", "weir-state-0000000000000002",
                                          "weir-state-0000000000000002.lock"});
}

TEST_CASE_FIXTURE(leveldb_fixture, "files are spread over the folders given") {
  settings.folders = {folder / "one", folder / "two"};
  std::vector<leveldb_database> databases;
  for (int i = 0; i < 40; ++i)
    databases.push_back(create());
  CHECK(platform.files().list(folder / "one")->size() > 2);
  CHECK(platform.files().list(folder / "two")->size() > 2);
}

TEST_CASE_FIXTURE(leveldb_fixture, "a database keeps to its memory, whatever the size of the entries") {
  // Small entries have large filters: all of them would take more than the tables may hold.
  constexpr std::uint64_t keys = 1'500'000;
  auto memory = *split_leveldb_memory(leveldb_memory_min, settings);
  auto database = create();
  auto store = database.store(0);
  std::string value(4, 'x');
  for (std::uint64_t i = 0; i < keys; i += 1000) {
    std::vector<std::string> ordered;
    for (std::uint64_t j = 0; j < 1000; ++j)
      ordered.push_back(number_key(i + j));
    std::ranges::sort(ordered);
    std::vector<detail::cold_store::change> changes;
    for (const auto& key : ordered)
      changes.push_back({key, value});
    store->write(changes);
    if (i % 50'000 == 0)
      CHECK(database.statistics().memory <= memory.database());
  }
  database.flush();
  auto statistics = database.statistics();
  CHECK(statistics.memory <= memory.database());
  CHECK(statistics.files > 10);
  CHECK(statistics.bytes > keys * 16);
  for (std::uint64_t i = 0; i < keys; i += keys / 1000)
    REQUIRE(value_of(*store, number_key(i)) == value);
  // Which tables are open before that depends on when LevelDB last merged files; reading has opened them all.
  statistics = database.statistics();
  CHECK(statistics.memory <= memory.database());
  CHECK(statistics.memory > memory.tables / 2);
  CHECK(value_of(*store, number_key(keys)) == "-");
}

TEST_CASE_FIXTURE(leveldb_fixture, "mapped and compressed files hold the same entries") {
  settings.map_files = true;
  settings.compress = true;
  auto database = create();
  auto store = database.store(0);
  for (std::uint64_t i = 0; i < 30'000; ++i)
    put(*store, number_key(i), std::string(100, static_cast<char>('a' + i % 26)));
  database.flush();
  for (std::uint64_t i = 0; i < 30'000; i += 7)
    REQUIRE(value_of(*store, number_key(i)) == std::string(100, static_cast<char>('a' + i % 26)));
  CHECK(database.statistics().bytes < 30'000 * 60);
}
