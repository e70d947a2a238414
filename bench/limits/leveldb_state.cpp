#include "leveldb_state.hpp"

#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace bench::limits {

namespace {

constexpr std::size_t value_size = 100;

struct key_bytes {
  std::array<char, 10> bytes;
  auto operator<=>(const key_bytes&) const = default;
  [[nodiscard]] leveldb::Slice slice() const { return {bytes.data(), bytes.size()}; }
};

key_bytes bytes_of(std::uint64_t key) {
  key_bytes made{};
  made.bytes[1] = static_cast<char>(scramble(key) >> 57);
  for (int i = 0; i < 8; ++i)
    made.bytes[static_cast<std::size_t>(2 + i)] = static_cast<char>(key >> (56 - 8 * i));
  return made;
}

void check(const leveldb::Status& status) {
  if (!status.ok())
    throw std::runtime_error{"LevelDB: " + status.ToString()};
}

void to_bytes(const counted_value& value, char* to) {
  std::memcpy(to, &value.count, 8);
  std::memcpy(to + 8, value.payload.data(), value.payload.size());
}

} // namespace

struct bare_leveldb::open_database {
  std::unique_ptr<const leveldb::FilterPolicy> filter{leveldb::NewBloomFilterPolicy(10)};
  std::unique_ptr<leveldb::DB> db;
};

bare_leveldb::bare_leveldb(std::string folder, std::uint64_t write_buffer_size)
    : folder_{std::move(folder)}, database_{std::make_unique<open_database>()} {
  leveldb::Options options;
  options.create_if_missing = true;
  options.error_if_exists = true;
  options.write_buffer_size = write_buffer_size;
  options.compression = leveldb::kNoCompression;
  options.filter_policy = database_->filter.get();
  leveldb::DB* opened = nullptr;
  check(leveldb::DB::Open(options, folder_, &opened));
  database_->db.reset(opened);
}

bare_leveldb::~bare_leveldb() {
  database_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void bare_leveldb::fill(std::uint64_t distinct) {
  std::vector<std::uint64_t> keys(distinct);
  for (std::uint64_t rank = 0; rank < distinct; ++rank)
    keys[rank] = key_of_rank(rank);
  std::ranges::sort(keys, {}, bytes_of);
  leveldb::WriteBatch batch;
  char bytes[value_size];
  for (std::uint64_t i = 0; i < distinct; ++i) {
    to_bytes(counted_value_of(keys[i]), bytes);
    batch.Put(bytes_of(keys[i]).slice(), {bytes, value_size});
    if (i % 1000 == 999 || i + 1 == distinct) {
      check(database_->db->Write({}, &batch));
      batch.Clear();
    }
  }
}

std::uint64_t bare_leveldb::update(const rank_sequence& ranks, std::uint64_t first, std::uint64_t count) {
  std::uint64_t sum = 0;
  std::string value;
  for (std::uint64_t i = first; i < first + count; ++i) {
    std::uint64_t key = key_of_rank(ranks(i));
    key_bytes at = bytes_of(key);
    check(database_->db->Get({}, at.slice(), &value));
    std::uint64_t counted = 0;
    std::memcpy(&counted, value.data(), 8);
    ++counted;
    std::memcpy(value.data(), &counted, 8);
    check(database_->db->Put({}, at.slice(), value));
    sum += checksum_of(key, counted);
  }
  return sum;
}

run leveldb_state(const std::string& folder, std::uint64_t distinct, std::uint64_t records,
                  rank_sequence::shape shape) {
  constexpr std::uint64_t write_buffer_size = 16 << 20;
  bare_leveldb database{folder, write_buffer_size};
  database.fill(distinct);
  rank_sequence ranks{distinct, shape};
  auto begin = std::chrono::steady_clock::now();
  run done{static_cast<double>(records), 0};
  done.checksum = database.update(ranks, 0, records);
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return done;
}

} // namespace bench::limits
