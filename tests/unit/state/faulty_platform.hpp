#pragma once

#include "base/platform.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace weir::testing {

/// The system's files until a test says otherwise. The hooks may be set while other threads use the files.
class faulty_files final : public file_system {
public:
  explicit faulty_files(file_system& real) : real_{real} {}

  /// So many more appends succeed; then the disk is full.
  std::atomic<std::int64_t> appends_left{INT64_MAX};
  /// So many more reads succeed; then the disk does not answer.
  std::atomic<std::int64_t> reads_left{INT64_MAX};
  std::atomic<std::int64_t> creates_left{INT64_MAX};
  std::atomic<bool> fail_syncs{false};
  std::atomic<std::uint64_t> syncs{0};
  std::atomic<std::uint64_t> appends{0};

  result<std::unique_ptr<readable_file>> open(const std::string& path) override {
    auto file = real_.open(path);
    if (!file)
      return file.failure();
    return std::unique_ptr<readable_file>{std::make_unique<reader>(*this, path, std::move(*file))};
  }
  result<std::unique_ptr<writable_file>> create(const std::string& path, bool exclusive) override {
    if (creates_left.fetch_sub(1) <= 0)
      return failure("create", path, "No space left on device");
    auto file = real_.create(path, exclusive);
    if (!file)
      return file.failure();
    return std::unique_ptr<writable_file>{std::make_unique<writer>(*this, path, std::move(*file))};
  }
  result<file_info> info(const std::string& path) override { return real_.info(path); }
  result<std::vector<file_info>> list(const std::string& folder) override { return real_.list(folder); }
  result<void> create_folder(const std::string& path) override { return real_.create_folder(path); }
  result<void> create_folders(const std::string& path) override { return real_.create_folders(path); }
  result<void> rename(const std::string& from, const std::string& to) override {
    return real_.rename(from, to);
  }
  result<void> sync_folder(const std::string& folder) override { return real_.sync_folder(folder); }
  result<void> remove(const std::string& path) override { return real_.remove(path); }
  result<void> remove_all(const std::string& path) override { return real_.remove_all(path); }
  result<void> remove_folder(const std::string& path) override { return real_.remove_folder(path); }
  result<std::unique_ptr<file_lock>> lock(const std::string& path) override { return real_.lock(path); }

private:
  static error failure(const std::string& action, const std::string& path, const std::string& reason) {
    return error{errc::io_failed, "cannot " + action + " " + path + ": " + reason};
  }

  struct reader final : readable_file {
    reader(faulty_files& f, std::string p, std::unique_ptr<readable_file> r)
        : owner{f}, path{std::move(p)}, real{std::move(r)} {}
    result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
      if (owner.reads_left.fetch_sub(1) <= 0)
        return failure("read", path, "Input/output error");
      return real->read_at(offset, into);
    }
    std::uint64_t size() const override { return real->size(); }
    faulty_files& owner;
    std::string path;
    std::unique_ptr<readable_file> real;
  };

  struct writer final : writable_file {
    writer(faulty_files& f, std::string p, std::unique_ptr<writable_file> r)
        : owner{f}, path{std::move(p)}, real{std::move(r)} {}
    result<void> append(std::span<const char> bytes) override {
      ++owner.appends;
      if (owner.appends_left.fetch_sub(1) <= 0)
        return failure("write", path, "No space left on device");
      return real->append(bytes);
    }
    result<void> sync() override {
      ++owner.syncs;
      if (owner.fail_syncs)
        return failure("sync", path, "Input/output error");
      return real->sync();
    }
    result<void> close() override { return real->close(); }
    faulty_files& owner;
    std::string path;
    std::unique_ptr<writable_file> real;
  };

  file_system& real_;
};

/// The system with such files.
class faulty_platform final : public platform {
  std::unique_ptr<platform> system_ = make_system_platform();

public:
  faulty_files disk{system_->files()};

  weir::clock& clock() override { return system_->clock(); }
  randomness& random() override { return system_->random(); }
  file_system& files() override { return disk; }
  weir::executor& executor() override { return system_->executor(); }
};

} // namespace weir::testing
