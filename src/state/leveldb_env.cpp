#include "state/leveldb_env.hpp"

namespace weir {

using leveldb::Status;

namespace {

class no_lock final : public leveldb::FileLock {};

Status status_of(const result<void>& done) {
  return done ? Status{} : leveldb_status(done.failure());
}

} // namespace

Status leveldb_env::NewSequentialFile(const std::string& path, leveldb::SequentialFile** result) {
  *result = nullptr;
  auto file = files_.open(path);
  if (!file)
    return leveldb_status(file.failure());
  *result = new leveldb_sequential_file{std::move(*file)};
  return {};
}

Status leveldb_env::NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** result) {
  *result = nullptr;
  auto file = files_.open(path);
  // Never "not found", which a lookup would pass on as the answer that there is no such key.
  if (!file)
    return Status::IOError(file.failure().message());
  std::unique_ptr<leveldb::RandomAccessFile> mapped;
  if (map_files_) {
    leveldb::RandomAccessFile* opened = nullptr;
    if (auto done = target()->NewRandomAccessFile(path, &opened); !done.ok())
      return Status::IOError("cannot map " + path, done.ToString());
    mapped.reset(opened);
  }
  *result = new leveldb_table_file{path, std::move(*file), std::move(mapped), tables_};
  return {};
}

Status leveldb_env::NewWritableFile(const std::string& path, leveldb::WritableFile** result) {
  *result = nullptr;
  if (path.ends_with(".log")) {
    *result = new leveldb_dropped_file;
    return {};
  }
  auto file = files_.create(path);
  if (!file)
    return leveldb_status(file.failure());
  *result = new leveldb_written_file{std::move(*file)};
  return {};
}

Status leveldb_env::NewAppendableFile(const std::string& path, leveldb::WritableFile** result) {
  *result = nullptr;
  return Status::NotSupported(path, "state is never appended to");
}

bool leveldb_env::FileExists(const std::string& path) {
  return files_.info(path).has_value();
}

Status leveldb_env::GetChildren(const std::string& folder, std::vector<std::string>* names) {
  names->clear();
  auto entries = files_.list(folder);
  if (!entries)
    return leveldb_status(entries.failure());
  for (const auto& entry : *entries)
    names->push_back(entry.path.substr(entry.path.rfind('/') + 1));
  return {};
}

Status leveldb_env::RemoveFile(const std::string& path) {
  return status_of(files_.remove(path));
}

Status leveldb_env::CreateDir(const std::string& path) {
  return status_of(files_.create_folders(path));
}

Status leveldb_env::RemoveDir(const std::string& path) {
  return status_of(files_.remove_all(path));
}

Status leveldb_env::GetFileSize(const std::string& path, std::uint64_t* size) {
  auto info = files_.info(path);
  if (!info)
    return leveldb_status(info.failure());
  *size = info->size;
  return {};
}

Status leveldb_env::RenameFile(const std::string& from, const std::string& to) {
  return status_of(files_.rename(from, to));
}

Status leveldb_env::LockFile(const std::string&, leveldb::FileLock** lock) {
  *lock = new no_lock;
  return {};
}

Status leveldb_env::UnlockFile(leveldb::FileLock* lock) {
  delete lock;
  return {};
}

Status leveldb_env::NewLogger(const std::string& path, leveldb::Logger** result) {
  *result = nullptr;
  return Status::NotSupported(path, "there is no log");
}

} // namespace weir
