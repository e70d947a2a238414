#include "state/leveldb_settings.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"

#include <doctest/doctest.h>

using namespace weir;

namespace {

constexpr std::uint64_t megabyte = options::megabyte;

leveldb_memory split(std::uint64_t budget, const leveldb_settings& settings = {}) {
  auto parts = split_leveldb_memory(budget, settings);
  REQUIRE_MESSAGE(parts, (parts ? "" : parts.failure().message()));
  return *parts;
}

} // namespace

TEST_CASE("the parts of the memory of an operator's state add up to what it was given") {
  for (std::uint64_t budget = leveldb_memory_min; budget < 64ull * 1024 * megabyte; budget += budget / 7) {
    auto parts = split(budget);
    CAPTURE(budget);
    CHECK(parts.entries + 2 * parts.write_buffer + parts.block_cache + parts.tables + parts.work == budget);
    CHECK(parts.entries >= budget / 8);
    CHECK(parts.write_buffer > 0);
    CHECK(parts.file_size >= megabyte);
    CHECK(parts.open_files >= 64);
  }
}

TEST_CASE("most of the memory is for the entries, and more memory makes no part smaller") {
  leveldb_memory before = split(8 * megabyte);
  for (std::uint64_t budget = 16 * megabyte; budget <= 4096 * megabyte; budget *= 2) {
    auto parts = split(budget);
    CAPTURE(budget);
    CHECK(parts.entries > budget * 2 / 5);
    CHECK(parts.entries > before.entries);
    CHECK(parts.write_buffer >= before.write_buffer);
    CHECK(parts.block_cache >= before.block_cache);
    CHECK(parts.tables >= before.tables);
    CHECK(parts.open_files * parts.file_size >= before.open_files * before.file_size);
    before = parts;
  }
}

TEST_CASE("ten times the memory of state has its tables open") {
  for (std::uint64_t budget = 64 * megabyte; budget <= 1024 * megabyte; budget *= 2) {
    auto parts = split(budget);
    CHECK(parts.open_files * parts.file_size >= 10 * budget);
  }
}

TEST_CASE("sizes that the configuration states are kept, and the entries have the rest") {
  leveldb_settings settings;
  settings.write_buffer_size = 3 * megabyte;
  settings.block_cache_size = megabyte;
  settings.file_size = 2 * megabyte;
  settings.open_files = 77;
  auto parts = split(64 * megabyte, settings);
  CHECK(parts.write_buffer == 3 * megabyte);
  CHECK(parts.block_cache == megabyte);
  CHECK(parts.file_size == 2 * megabyte);
  CHECK(parts.open_files == 77);
  CHECK(parts.entries + parts.database() == 64 * megabyte);
}

TEST_CASE("too little memory is refused by the name of what to raise") {
  auto parts = split_leveldb_memory(leveldb_memory_min - 1, {});
  REQUIRE_FALSE(parts);
  CHECK(parts.failure().message() ==
        "4095 kb of memory for the state of an operator are too little: the leveldb backend needs 4096 kb; "
        "raise taskmanager.memory.managed.size");
}

TEST_CASE("stated sizes that do not fit are refused by their names") {
  leveldb_settings settings;
  settings.write_buffer_size = 32 * megabyte;
  auto parts = split_leveldb_memory(64 * megabyte, settings);
  REQUIRE_FALSE(parts);
  CHECK(parts.failure().message().find("state.backend.leveldb.writebuffer.size") != std::string::npos);
  CHECK(parts.failure().message().find("65536 kb") != std::string::npos);
}

TEST_CASE("folders for databases are separated as in Flink") {
  configuration values;
  CHECK(leveldb_settings_of(values).folders.size() == 1);
  values.set(options::io_tmp_dirs, "/a,/b|/c:/d,");
  CHECK(leveldb_settings_of(values).folders == std::vector<std::string>{"/a", "/b", "/c", "/d"});
}

TEST_CASE("every option of the leveldb backend reaches its settings") {
  configuration values;
  auto standard = leveldb_settings_of(values);
  CHECK(standard.filter_bits_per_key == 10);
  CHECK_FALSE(standard.compress);
  CHECK_FALSE(standard.map_files);
  values.set(options::leveldb_write_buffer_size, memory_size{1});
  values.set(options::leveldb_block_cache_size, memory_size{2});
  values.set(options::leveldb_target_file_size, memory_size{3});
  values.set(options::leveldb_open_files, 4);
  values.set(options::leveldb_block_size, memory_size{5 << 10});
  values.set(options::leveldb_filter_bits_per_key, 6);
  values.set(options::leveldb_compression, "snappy");
  values.set(options::leveldb_mmap, true);
  auto settings = leveldb_settings_of(values);
  CHECK(settings.write_buffer_size == 1);
  CHECK(settings.block_cache_size == 2);
  CHECK(settings.file_size == 3);
  CHECK(settings.open_files == 4);
  CHECK(settings.block_size == 5 << 10);
  CHECK(settings.filter_bits_per_key == 6);
  CHECK(settings.compress);
  CHECK(settings.map_files);
}
