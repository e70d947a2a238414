#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Monotonic time since an arbitrary start.
using time_point = std::chrono::steady_clock::time_point;

/// Time. Monotonic time drives every timeout; wall time is for people and for the processing time of jobs.
class clock {
public:
  virtual ~clock() = default;
  virtual time_point now() = 0;
  /// Milliseconds since 1970 in UTC. Never goes back.
  virtual std::int64_t wall_ms() = 0;
};

/// Where ids, back-off jitter and incarnations come from.
class randomness {
public:
  virtual ~randomness() = default;
  virtual std::uint64_t next() = 0;
};

/// A file open for reading.
class readable_file {
public:
  virtual ~readable_file() = default;
  /// Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file. Returns the count.
  virtual result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) = 0;
  virtual std::uint64_t size() const = 0;
};

/// A file open for appending. Destroyed without close() it keeps what was written.
class writable_file {
public:
  virtual ~writable_file() = default;
  virtual result<void> append(std::span<const char> bytes) = 0;
  /// Returns when what was appended would survive a power cut. After a failure the file is unusable.
  virtual result<void> sync() = 0;
  virtual result<void> close() = 0;
};

/// A locked file; free again when the object or the process ends, however that comes about.
class file_lock {
public:
  virtual ~file_lock() = default;
};

struct file_info {
  std::string path;
  std::uint64_t size = 0;
  bool is_folder = false;
};

/// Every access to files. Errors name the path and what the system said.
class file_system {
public:
  virtual ~file_system() = default;
  virtual result<std::unique_ptr<readable_file>> open(const std::string& path) = 0;
  /// Creates or truncates. `exclusive`: fails with already_exists when the path exists.
  virtual result<std::unique_ptr<writable_file>> create(const std::string& path, bool exclusive = false) = 0;
  virtual result<file_info> info(const std::string& path) = 0;
  /// The entries of a folder in name order, with full paths.
  virtual result<std::vector<file_info>> list(const std::string& folder) = 0;
  /// Fails with not_found when the parent is missing, with already_exists when the path exists.
  virtual result<void> create_folder(const std::string& path) = 0;
  /// Also creates missing parents; an existing folder is success.
  virtual result<void> create_folders(const std::string& path) = 0;
  /// Atomic; replaces an existing file. A folder moves with all that is in it.
  virtual result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Makes the names in a folder survive a power cut.
  virtual result<void> sync_folder(const std::string& folder) = 0;
  /// A missing file is success.
  virtual result<void> remove(const std::string& path) = 0;
  virtual result<void> remove_all(const std::string& path) = 0;
  /// A missing folder is success. Fails with already_exists when something is in it.
  virtual result<void> remove_folder(const std::string& path) = 0;
  /// Creates the file where there is none, and keeps out every other lock() of it, in this process and in
  /// others. Fails with unavailable while it is locked. The file stays when the lock ends.
  virtual result<std::unique_ptr<file_lock>> lock(const std::string& path) = 0;

  /// Conveniences over the above.
  result<std::string> read_all(const std::string& path, std::uint64_t max_bytes);
  /// Writes under a temporary name, syncs, renames, syncs the folder.
  result<void> write_atomically(const std::string& path, std::span<const char> bytes);
  /// Creates a folder with its missing parents, and makes their names survive a power cut.
  result<void> create_durable_folders(const std::string& path);
};

/// "a/b" of "a/b/c", "." of "c", "/" of "/c".
std::string folder_of(std::string_view path);
/// "c" of "a/b/c".
std::string_view name_of(std::string_view path);

/// Runs what may block (files, loading libraries) off the actors' threads.
class executor {
public:
  virtual ~executor() = default;
  virtual void run(std::function<void()> job) = 0;
};

/// Everything that can fail, stall or differ between two runs. The simulation brings its own.
class platform {
public:
  virtual ~platform() = default;
  virtual weir::clock& clock() = 0;
  virtual randomness& random() = 0;
  virtual file_system& files() = 0;
  virtual weir::executor& executor() = 0;
};

/// The system's clock, files and random device, with an executor of `blocking_threads` threads that are
/// started on first use.
std::unique_ptr<platform> make_system_platform(unsigned blocking_threads = 2);

} // namespace weir
