#pragma once

#include "base/platform.hpp"
#include "state/leveldb_read_ahead.hpp"

#include <leveldb/env.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

/// LevelDB's files over those of the platform. Every failure names its file.
namespace weir {

/// The failure in LevelDB's words.
leveldb::Status leveldb_status(const error& failure);

/// Reads from the begin to the end; for the small files that say what belongs to the database.
class leveldb_sequential_file final : public leveldb::SequentialFile {
public:
  explicit leveldb_sequential_file(std::unique_ptr<readable_file> file) : file_{std::move(file)} {}

  leveldb::Status Read(std::size_t size, leveldb::Slice* result, char* scratch) override;
  leveldb::Status Skip(std::uint64_t size) override;

private:
  std::unique_ptr<readable_file> file_;
  std::uint64_t at_ = 0;
};

/// Gathers what is appended and writes it in large pieces. There is no fsync: the files end with the process
/// and nobody reads them after a power cut; what a disk loses otherwise, the checksums of the blocks show.
class leveldb_written_file final : public leveldb::WritableFile {
public:
  static constexpr std::size_t buffer_size = 64 * 1024;

  explicit leveldb_written_file(std::unique_ptr<writable_file> file) : file_{std::move(file)} {}

  leveldb::Status Append(const leveldb::Slice& data) override;
  leveldb::Status Close() override;
  /// Does nothing: what was appended is read only after Sync or Close.
  leveldb::Status Flush() override { return {}; }
  leveldb::Status Sync() override { return write_buffered(); }

private:
  leveldb::Status write_buffered();

  std::unique_ptr<writable_file> file_;
  std::string buffer_;
};

/// Takes the log of changes, from which LevelDB would recover what is not yet in a table. Nothing is ever
/// recovered here, and without it half of the bytes written are saved.
class leveldb_dropped_file final : public leveldb::WritableFile {
public:
  leveldb::Status Append(const leveldb::Slice&) override { return {}; }
  leveldb::Status Close() override { return {}; }
  leveldb::Status Flush() override { return {}; }
  leveldb::Status Sync() override { return {}; }
};

/// A table file. Checks the CRC behind each block that it reads, so that the error names file and place.
///
///     data blocks │ filter block │ block of metadata │ index block │ footer:48
///
/// Each block is followed by its kind (1 byte) and the CRC of both. LevelDB reads whole blocks, and keeps
/// index and filter as long as the file is open: their bytes are counted in `shared::held`.
class leveldb_table_file final : public leveldb::RandomAccessFile {
public:
  /// What the table files of a database share.
  struct shared {
    std::atomic<std::uint64_t> held{0};        ///< bytes
    std::atomic<std::uint64_t> last_number{0}; ///< files are numbered as they are opened
    leveldb_read_ahead ahead;                  ///< the background thread's
  };

  /// `mapped`: reads through that instead of `file`, when not null.
  leveldb_table_file(std::string path, std::unique_ptr<readable_file> file,
                     std::unique_ptr<leveldb::RandomAccessFile> mapped, shared& with);
  ~leveldb_table_file() override;

  leveldb::Status Read(std::uint64_t offset, std::size_t size, leveldb::Slice* result,
                       char* scratch) const override;

private:
  leveldb::Status read_bytes(std::uint64_t offset, std::size_t size, leveldb::Slice* result,
                             char* scratch) const;
  leveldb::Status check_footer(leveldb::Slice footer) const;
  leveldb::Status check_block(std::uint64_t offset, leveldb::Slice block) const;
  [[nodiscard]] leveldb::Status corrupt(std::uint64_t offset, const std::string& how) const;

  std::string path_;
  std::unique_ptr<readable_file> file_;
  std::unique_ptr<leveldb::RandomAccessFile> mapped_;
  shared& shared_;
  std::uint64_t number_;
  std::uint64_t size_;
  mutable std::atomic<std::uint64_t> metadata_begin_{0}; ///< from the footer, which is read first
  mutable std::atomic<std::uint64_t> held_here_{0};
};

} // namespace weir
