#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Who writes to a folder: an attempt of a subtask of a job.
struct part_writer {
  std::string job;
  std::uint32_t subtask = 0;
  std::uint64_t attempt = 0;
  bool operator==(const part_writer&) const = default;
};

/// The names in the folder of a file sink.
///
///     part-<subtask>-<n>                             committed
///     .job-<job>                                     a job without checkpoints writes here
///     .pending-<job>-<subtask>-<attempt>/            of an attempt that runs; made once, at its beginning
///     .fenced-<job>-<subtask>-<attempt>/             the same after a later attempt has renamed it away
///         .part-<subtask>-<n>                        being written, or prepared
///
/// A rename is the fence: whatever the earlier attempt does by path fails from then on, so it can neither
/// make a file nor commit one.
class output_folder {
public:
  output_folder(file_system& files, std::string path) : files_{files}, path_{std::move(path)} {}

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Makes the folder, and refuses one that holds parts, unless they are known to be the job's own.
  result<void> make(bool parts_are_own);
  /// The same for a job without checkpoints, whose subtasks may begin after others have committed: its marker
  /// tells them whose parts are there.
  result<void> make_marked(const std::string& job, bool parts_are_own);
  /// Whether another job than those of `mine` writes here.
  result<bool> is_shared(const std::vector<std::string>& mine);

  [[nodiscard]] std::string part(std::uint32_t subtask, std::uint64_t number) const;
  [[nodiscard]] std::string pending(const part_writer& of) const;
  [[nodiscard]] std::string fenced(const part_writer& of) const;
  [[nodiscard]] static std::string part_inside(const std::string& folder, std::uint32_t subtask,
                                               std::uint64_t number);

  /// The lowest number from `first` on of a committed part of the subtask; nothing: there is none.
  result<std::optional<std::uint64_t>> first_part(std::uint32_t subtask, std::uint64_t first);
  /// The same of the parts in the folder of an attempt, which need not be there.
  result<std::optional<std::uint64_t>> first_part_inside(const std::string& folder, std::uint32_t subtask,
                                                         std::uint64_t first);

  struct writers {
    std::vector<part_writer> pending;
    std::vector<part_writer> fenced;
  };
  /// Whose folders are there.
  result<writers> find_writers();

private:
  result<std::optional<std::uint64_t>> lowest_number(const std::string& folder, const std::string& prefix,
                                                     std::uint64_t first);

  file_system& files_;
  std::string path_;
};

} // namespace weir
