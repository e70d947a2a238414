#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

class configuration;

/// How the database of the leveldb backend works. One database holds all keyed states of one operator in one
/// subtask: it ends with the operator, and a failure in it is the operator's own.
struct leveldb_settings {
  std::vector<std::string> folders;    ///< where databases are made; they are spread over them. Not empty
  std::uint64_t write_buffer_size = 0; ///< bytes; 0: derived from the memory given
  std::uint64_t block_cache_size = 0;  ///< bytes; 0: derived
  std::uint64_t file_size = 0;         ///< bytes; 0: derived
  std::uint64_t open_files = 0;        ///< table files held open; 0: derived
  std::uint64_t block_size = 4 * 1024; ///< bytes
  std::uint32_t filter_bits_per_key = 10;
  bool compress = false;  ///< blocks with Snappy
  bool map_files = false; ///< read table files by mmap: resident memory is then not bounded
};

/// The options `state.backend.leveldb.*` and `io.tmp.dirs`.
leveldb_settings leveldb_settings_of(const configuration& values);

/// What each part of the leveldb backend may hold of an operator's memory, in bytes.
///
///     budget │ entries │ write buffer │ the one being written out │ block cache │ tables │ work │
struct leveldb_memory {
  std::uint64_t entries = 0;      ///< the write-back cache in front, which takes what the others leave
  std::uint64_t write_buffer = 0; ///< one of two
  std::uint64_t block_cache = 0;
  std::uint64_t tables = 0; ///< indexes and filters of open table files
  std::uint64_t work = 0;   ///< buffers of one batch and of one compaction
  std::uint64_t file_size = 0;
  std::uint64_t open_files = 0;

  /// What the database takes of it: all but the entries.
  [[nodiscard]] std::uint64_t database() const { return 2 * write_buffer + block_cache + tables + work; }
};

/// The least memory with which the leveldb backend works at all.
inline constexpr std::uint64_t leveldb_memory_min = 4 * 1024 * 1024;

/// Divides `budget` bytes; the parts together never exceed it. Fails when the budget is below
/// leveldb_memory_min, and when sizes that the settings state leave no room for the rest.
result<leveldb_memory> split_leveldb_memory(std::uint64_t budget, const leveldb_settings& settings);

} // namespace weir
