#include "base/system_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace weir {

namespace {

/// "cannot <action> <path>: No such file or directory"
error system_error(std::string_view action, const std::string& path, int number) {
  errc code = errc::io_failed;
  if (number == ENOENT || number == ENOTDIR)
    code = errc::not_found;
  else if (number == EEXIST || number == ENOTEMPTY)
    code = errc::already_exists;
  return error{code,
               "cannot " + std::string{action} + " " + path + ": " + std::generic_category().message(number)};
}

/// Repeats a system call that a signal interrupted.
template <class Call>
auto uninterrupted(Call call) {
  while (true) {
    auto value = call();
    if (value != -1 || errno != EINTR)
      return value;
  }
}

class descriptor {
public:
  explicit descriptor(int number) : number_{number} {}
  descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  descriptor& operator=(descriptor&&) = delete;
  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

  /// Returns errno, or 0. The descriptor is gone in either case.
  int close() { return ::close(std::exchange(number_, -1)) == 0 ? 0 : errno; }

private:
  int number_;
};

class system_readable_file final : public readable_file {
public:
  system_readable_file(std::string path, descriptor file, std::uint64_t size)
      : path_{std::move(path)}, file_{std::move(file)}, size_{size} {}

  result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      ssize_t count = uninterrupted([&] {
        return ::pread(file_.get(), into.data() + done, into.size() - done,
                       static_cast<off_t>(offset + done));
      });
      if (count < 0)
        return system_error("read", path_, errno);
      if (count == 0)
        break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  std::uint64_t size() const override { return size_; }

private:
  std::string path_;
  descriptor file_;
  std::uint64_t size_;
};

class system_writable_file final : public writable_file {
public:
  system_writable_file(std::string path, descriptor file) : path_{std::move(path)}, file_{std::move(file)} {}

  result<void> append(std::span<const char> bytes) override {
    if (!file_.is_open())
      return closed();
    while (!bytes.empty()) {
      ssize_t count = uninterrupted([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
      if (count < 0)
        return system_error("write", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }

  result<void> sync() override {
    if (!file_.is_open())
      return closed();
    if (uninterrupted([&] { return ::fsync(file_.get()); }) == 0)
      return {};
    int number = errno;
    // The kernel has dropped the pages it could not write, so a second fsync would succeed and lie.
    file_.close();
    return system_error("sync", path_, number);
  }

  result<void> close() override {
    if (!file_.is_open())
      return closed();
    if (int number = file_.close(); number != 0 && number != EINTR)
      return system_error("close", path_, number);
    return {};
  }

private:
  error closed() const { return error{errc::io_failed, "cannot write " + path_ + ": the file is closed"}; }

  std::string path_;
  descriptor file_;
};

class system_lock final : public file_lock {
public:
  explicit system_lock(descriptor file) : file_{std::move(file)} {}

private:
  descriptor file_;
};

class system_files final : public file_system {
public:
  result<std::unique_ptr<readable_file>> open(const std::string& path) override {
    // Without O_NONBLOCK the open of a pipe waits for a writer.
    descriptor file{
        uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); })};
    if (!file.is_open())
      return system_error("open", path, errno);
    struct stat status;
    if (::fstat(file.get(), &status) != 0)
      return system_error("open", path, errno);
    if (S_ISDIR(status.st_mode))
      return system_error("open", path, EISDIR);
    if (!S_ISREG(status.st_mode))
      return error{errc::io_failed, "cannot open " + path + ": it is not a regular file"};
    return std::unique_ptr<readable_file>{std::make_unique<system_readable_file>(
        path, std::move(file), static_cast<std::uint64_t>(status.st_size))};
  }

  result<std::unique_ptr<writable_file>> create(const std::string& path, bool exclusive) override {
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (exclusive ? O_EXCL : O_TRUNC);
    descriptor file{uninterrupted([&] { return ::open(path.c_str(), flags, 0666); })};
    if (!file.is_open())
      return system_error("create", path, errno);
    return std::unique_ptr<writable_file>{std::make_unique<system_writable_file>(path, std::move(file))};
  }

  result<file_info> info(const std::string& path) override {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0)
      return system_error("read", path, errno);
    return describe(path, status);
  }

  result<std::vector<file_info>> list(const std::string& folder) override {
    DIR* open_folder = ::opendir(folder.c_str());
    if (!open_folder)
      return system_error("list", folder, errno);
    std::unique_ptr<DIR, int (*)(DIR*)> closer{open_folder, &::closedir};
    std::vector<file_info> entries;
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(open_folder);
      if (!entry) {
        if (errno != 0)
          return system_error("list", folder, errno);
        break;
      }
      std::string_view name{entry->d_name};
      if (name == "." || name == "..")
        continue;
      std::string path = folder + (folder.ends_with('/') ? "" : "/") + std::string{name};
      struct stat status;
      // A link that leads nowhere is listed as itself, so that whoever opens it says what is wrong with it.
      if (::stat(path.c_str(), &status) == 0 || ::lstat(path.c_str(), &status) == 0)
        entries.push_back(describe(path, status));
      else if (errno != ENOENT) // a file that has gone meanwhile is none
        return system_error("read", path, errno);
    }
    std::ranges::sort(entries, {}, &file_info::path);
    return entries;
  }

  result<void> create_folder(const std::string& path) override {
    if (::mkdir(path.c_str(), 0777) != 0)
      return system_error("create folder", path, errno);
    return {};
  }

  result<void> create_folders(const std::string& path) override {
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure)
      return system_error("create folder", path, failure.value());
    return {};
  }

  result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0)
      return system_error("rename", from + " to " + to, errno);
    return {};
  }

  result<void> sync_folder(const std::string& folder) override {
    descriptor file{
        uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })};
    if (!file.is_open())
      return system_error("open", folder, errno);
    // EINVAL: a file system without that notion.
    if (uninterrupted([&] { return ::fsync(file.get()); }) != 0 && errno != EINVAL)
      return system_error("sync", folder, errno);
    return {};
  }

  result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
      return system_error("remove", path, errno);
    return {};
  }

  result<void> remove_all(const std::string& path) override {
    std::error_code failure;
    std::filesystem::remove_all(path, failure);
    if (failure)
      return system_error("remove", path, failure.value());
    return {};
  }

  result<void> remove_folder(const std::string& path) override {
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT)
      return {};
    return system_error("remove folder", path, errno);
  }

  result<std::unique_ptr<file_lock>> lock(const std::string& path) override {
    while (true) {
      descriptor file{uninterrupted(
          [&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666); })};
      if (!file.is_open())
        return system_error("create", path, errno);
      if (uninterrupted([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) != 0) {
        if (errno == EWOULDBLOCK)
          return error{errc::unavailable, "cannot lock " + path + ": it is locked already"};
        return system_error("lock", path, errno);
      }
      // Who held it before may have removed the file meanwhile; then this lock keeps nobody out.
      struct stat held;
      struct stat named;
      if (::fstat(file.get(), &held) != 0)
        return system_error("lock", path, errno);
      if (::stat(path.c_str(), &named) == 0 && held.st_dev == named.st_dev && held.st_ino == named.st_ino)
        return std::unique_ptr<file_lock>{std::make_unique<system_lock>(std::move(file))};
    }
  }

private:
  static file_info describe(const std::string& path, const struct stat& status) {
    bool is_folder = S_ISDIR(status.st_mode);
    return {path, is_folder ? 0 : static_cast<std::uint64_t>(status.st_size), is_folder};
  }
};

} // namespace

std::unique_ptr<file_system> make_system_files() {
  return std::make_unique<system_files>();
}

std::uint64_t allow_many_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 0;
  rlimit raised = limit;
  raised.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

} // namespace weir
