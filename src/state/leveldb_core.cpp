#include "state/leveldb_core.hpp"

#include <weir/detail/state.hpp>

namespace weir {

namespace {

// LevelDB takes that many of its open files for other things than tables.
constexpr int files_beside_tables = 10;

} // namespace

leveldb_core::leveldb_core(file_system& files, std::unique_ptr<process_folder> folder,
                           const leveldb_settings& settings, const leveldb_memory& memory)
    : files_{files},
      folder_{std::move(folder)},
      env_{files, settings.map_files},
      blocks_{leveldb::NewLRUCache(memory.block_cache)} {
  if (settings.filter_bits_per_key > 0)
    filter_ = std::make_unique<leveldb_filter>(
        settings.filter_bits_per_key, [this, most = memory.tables] { return env_.tables_held() < most; });
  options_.create_if_missing = true;
  options_.error_if_exists = true;
  options_.env = &env_;
  options_.write_buffer_size = memory.write_buffer;
  options_.max_file_size = memory.file_size;
  options_.max_open_files = static_cast<int>(memory.open_files) + files_beside_tables;
  options_.block_cache = blocks_.get();
  options_.block_size = settings.block_size;
  options_.compression = settings.compress ? leveldb::kSnappyCompression : leveldb::kNoCompression;
  options_.filter_policy = filter_.get();
}

result<void> leveldb_core::open() {
  leveldb::DB* opened = nullptr;
  auto status = leveldb::DB::Open(options_, folder_->path(), &opened);
  db_.reset(opened);
  if (!status.ok())
    return error{errc::io_failed, "cannot make a database in " + folder_->path() + ": " + status.ToString()};
  return {};
}

void leveldb_core::fail(const leveldb::Status& status) {
  {
    std::lock_guard guard{failure_lock_};
    if (failure_.empty()) {
      failure_ = "state in " + folder_->path() + " is lost: " + status.ToString();
      failed_.store(true, std::memory_order_release);
    }
  }
  throw_failure();
}

void leveldb_core::throw_failure() const {
  std::lock_guard guard{failure_lock_};
  throw detail::state_error{failure_};
}

} // namespace weir
