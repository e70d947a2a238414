#include "state/leveldb_settings.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"
#include "state/local_folders.hpp"

#include <algorithm>

namespace weir {

namespace {

constexpr std::uint64_t kilobyte = options::kilobyte;
constexpr std::uint64_t megabyte = options::megabyte;

// Above 32 MiB a write buffer makes nothing faster and a flush longer; below 256 KiB the files are tiny.
constexpr std::uint64_t write_buffer_min = 256 * kilobyte;
constexpr std::uint64_t write_buffer_max = 32 * megabyte;
// LevelDB takes no smaller ones. Large files are few, so that a process does not run out of descriptors; yet
// a compaction handles about a dozen at once.
constexpr std::uint64_t file_size_min = megabyte;
constexpr std::uint64_t file_size_max = 8 * megabyte;
// LevelDB holds at least this many tables open.
constexpr std::uint64_t open_files_min = 64;
constexpr std::uint64_t open_files_max = 4096;

/// The index of a table has one entry a block, seldom above 48 bytes.
std::uint64_t index_size(std::uint64_t file_size, const leveldb_settings& settings) {
  return file_size / settings.block_size * 48 + kilobyte;
}

std::string in_kilobytes(std::uint64_t bytes) {
  return std::to_string(bytes / kilobyte) + " kb";
}

} // namespace

leveldb_settings leveldb_settings_of(const configuration& values) {
  using namespace options;
  return {
      .folders = local_folders(values.get(io_tmp_dirs)),
      .write_buffer_size = values.get(leveldb_write_buffer_size).bytes,
      .block_cache_size = values.get(leveldb_block_cache_size).bytes,
      .file_size = values.get(leveldb_target_file_size).bytes,
      .open_files = static_cast<std::uint64_t>(values.get(leveldb_open_files)),
      .block_size = values.get(leveldb_block_size).bytes,
      .filter_bits_per_key = static_cast<std::uint32_t>(values.get(leveldb_filter_bits_per_key)),
      .compress = values.get(leveldb_compression) == "snappy",
      .map_files = values.get(leveldb_mmap),
  };
}

result<leveldb_memory> split_leveldb_memory(std::uint64_t budget, const leveldb_settings& settings) {
  if (budget < leveldb_memory_min)
    return error{errc::invalid_argument,
                 in_kilobytes(budget) +
                     " of memory for the state of an operator are too little: the leveldb "
                     "backend needs " +
                     in_kilobytes(leveldb_memory_min) + "; raise " + options::taskmanager_managed_memory.key};
  auto stated = [](std::uint64_t setting, std::uint64_t derived) { return setting ? setting : derived; };
  leveldb_memory parts;
  parts.write_buffer =
      stated(settings.write_buffer_size, std::clamp(budget / 10, write_buffer_min, write_buffer_max));
  parts.block_cache = stated(settings.block_cache_size, budget / 20);
  parts.tables = budget / 4;
  parts.file_size =
      stated(settings.file_size, std::clamp(parts.write_buffer / 2, file_size_min, file_size_max));
  // Opening a table again reads its index and filters, a hundred times what a lookup reads. So there is room
  // for the files of ten times the memory and of what compactions have not taken yet. The filters of the open
  // tables share what their indexes leave: see leveldb_filter.hpp.
  parts.open_files =
      stated(settings.open_files, std::clamp(parts.tables * 3 / 4 / index_size(parts.file_size, settings),
                                             open_files_min, open_files_max));
  // A batch, pieces of files being read and written, index and filters of the table being built.
  parts.work = megabyte + parts.file_size / 32;
  std::uint64_t taken = parts.database();
  if (taken + budget / 8 > budget)
    return error{errc::invalid_argument,
                 std::string{"two write buffers ("} + options::leveldb_write_buffer_size.key +
                     ") and the block cache (" + options::leveldb_block_cache_size.key +
                     ") leave too little of the " + in_kilobytes(budget) +
                     " that the state of an operator has; lower them, or raise " +
                     options::taskmanager_managed_memory.key};
  parts.entries = budget - taken;
  return parts;
}

} // namespace weir
