#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// Which job libraries the master has, who needs them and when they go (protocol-control, B1).
///
/// Whoever hears that a library is there relies on it until its submission comes. So the answer puts a hold
/// on it, for the time in which a client tries again; the submission turns the hold into a use by the job;
/// and whether nobody needs a library and that it goes is decided in one step, here.
///
///     put ─▶ writing ─▶ present ◀─ hold (submission, until) / use (job)
///                          │ neither, for `retention`
///                          ╰─▶ removing ─▶ gone
///
/// Says what to do with files and does not touch them. Not thread-safe.
class blob_index {
public:
  explicit blob_index(std::chrono::milliseconds retention) : retention_{retention} {}

  /// It was in the folder when the master started.
  void on_found(const std::string& hash, std::uint64_t size, time_point now);

  /// Is it there? A yes is a hold.
  bool has(const std::string& hash, const job_id& submission, time_point now);

  enum class put_answer {
    stored, ///< it is there already, and held
    write,  ///< write the file, then call on_written
    wait,   ///< it is being written or removed: ask again when that is done
  };

  put_answer on_put(const std::string& hash, const job_id& submission, time_point now);
  void on_written(const std::string& hash, std::uint64_t size, bool success, time_point now);

  /// The submission came: its hold becomes a use. False: the library is not there (any more).
  bool claim(const std::string& hash, const job_id& job);

  /// The job does not need it any more.
  void release(const std::string& hash, const job_id& job, time_point now);

  /// The size of a library that can be read; nothing for one that cannot.
  [[nodiscard]] std::optional<std::uint64_t> size_of(const std::string& hash) const;

  /// Those that nobody needs. They are not there any more: remove the files, then call on_removed.
  std::vector<std::string> sweep(time_point now);
  void on_removed(const std::string& hash);

  [[nodiscard]] bool empty() const { return blobs_.empty(); }

private:
  enum class phase { writing, present, removing };

  struct blob {
    phase at = phase::writing;
    std::uint64_t size = 0;
    std::map<job_id, time_point> held_until;
    std::set<job_id> users;
    time_point keep_until;
  };

  blob* present(const std::string& hash);

  std::chrono::milliseconds retention_;
  std::map<std::string, blob> blobs_;
};

} // namespace weir
