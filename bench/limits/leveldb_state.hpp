#pragma once

#include "../bench_case.hpp"
#include "../state_workload.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace bench::limits {

/// LevelDB as a program uses it that knows nothing of weir: its own Env, which maps the files; uncompressed,
/// filters of 10 bits a key. Keys lie by their first two bytes, as key groups would.
class bare_leveldb {
public:
  /// Makes a database in `folder`, which is deleted at the end. Throws std::runtime_error.
  bare_leveldb(std::string folder, std::uint64_t write_buffer_size);
  ~bare_leveldb();
  bare_leveldb(const bare_leveldb&) = delete;
  bare_leveldb& operator=(const bare_leveldb&) = delete;

  /// Writes a value with count 0 for each rank below `distinct`, in the order of the keys.
  void fill(std::uint64_t distinct);

  /// Gets, counts up and puts the keys of the records [first, first + count). Returns the sum of
  /// checksum_of each key and its new count.
  std::uint64_t update(const rank_sequence& ranks, std::uint64_t first, std::uint64_t count);

private:
  struct open_database;
  std::string folder_;
  std::unique_ptr<open_database> database_;
};

/// Fills a database and times `records` updates of it.
run leveldb_state(const std::string& folder, std::uint64_t distinct, std::uint64_t records,
                  rank_sequence::shape shape);

} // namespace bench::limits
