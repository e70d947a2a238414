#pragma once

#include "base/platform.hpp"
#include "state/leveldb_background.hpp"
#include "state/leveldb_files.hpp"

#include <leveldb/env.h>

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// The world of one LevelDB database: the platform's files, read by pread so that resident memory stays what
/// was given (unless `map_files`), and a background thread of its own. The folder is already this process's
/// alone, so that locks are not asked for.
class leveldb_env final : public leveldb::EnvWrapper {
public:
  leveldb_env(file_system& files, bool map_files)
      : EnvWrapper{leveldb::Env::Default()}, files_{files}, map_files_{map_files} {}

  /// Bytes of the indexes and filters that LevelDB keeps of open table files.
  [[nodiscard]] std::uint64_t tables_held() const { return tables_.held.load(std::memory_order_relaxed); }

  leveldb::Status NewSequentialFile(const std::string& path, leveldb::SequentialFile** result) override;
  leveldb::Status NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** result) override;
  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** result) override;
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** result) override;
  bool FileExists(const std::string& path) override;
  leveldb::Status GetChildren(const std::string& folder, std::vector<std::string>* names) override;
  leveldb::Status RemoveFile(const std::string& path) override;
  leveldb::Status CreateDir(const std::string& path) override;
  leveldb::Status RemoveDir(const std::string& path) override;
  leveldb::Status GetFileSize(const std::string& path, std::uint64_t* size) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status LockFile(const std::string& path, leveldb::FileLock** lock) override;
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override;
  /// None: what it would say is in the errors.
  leveldb::Status NewLogger(const std::string& path, leveldb::Logger** result) override;
  void Schedule(void (*job)(void*), void* argument) override { background_.run(job, argument); }

private:
  file_system& files_;
  bool map_files_;
  leveldb_table_file::shared tables_;
  leveldb_background background_; // last: its jobs use the rest
};

} // namespace weir
