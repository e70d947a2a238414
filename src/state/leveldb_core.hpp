#pragma once

#include "state/leveldb_env.hpp"
#include "state/leveldb_filter.hpp"
#include "state/leveldb_settings.hpp"
#include "state/process_folder.hpp"

#include <leveldb/cache.h>
#include <leveldb/db.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

namespace weir {

/// An open database with all it needs, and its first failure. Shared by the stores and cursors made from it;
/// any thread may call.
class leveldb_core {
public:
  leveldb_core(file_system& files, std::unique_ptr<process_folder> folder, const leveldb_settings& settings,
               const leveldb_memory& memory);

  /// Before anything else.
  result<void> open();

  [[nodiscard]] leveldb::DB& db() { return *db_; }
  [[nodiscard]] const leveldb_env& env() const { return env_; }
  [[nodiscard]] file_system& files() const { return files_; }
  [[nodiscard]] const std::string& folder() const { return folder_->path(); }

  /// Throws the first failure again, if there was one.
  void throw_if_failed() const {
    if (failed_.load(std::memory_order_acquire)) [[unlikely]]
      throw_failure();
  }

  /// Throws unless the call went well, and from then on always.
  void check(const leveldb::Status& status) {
    if (!status.ok()) [[unlikely]]
      fail(status);
  }

private:
  [[noreturn]] void fail(const leveldb::Status& status);
  [[noreturn]] void throw_failure() const;

  // In the order in which they are needed: the database goes first, the files last.
  file_system& files_;
  std::unique_ptr<process_folder> folder_;
  leveldb_env env_;
  std::unique_ptr<leveldb_filter> filter_;
  std::unique_ptr<leveldb::Cache> blocks_;
  leveldb::Options options_;
  std::unique_ptr<leveldb::DB> db_;

  mutable std::mutex failure_lock_;
  std::string failure_;
  std::atomic<bool> failed_{false};
};

} // namespace weir
